# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs functions as tests and reports them in TAP: tap.run(test_one, test_two)."""
import os


def run(*tests):
    failed = False
    print('1..%d' % len(tests), flush=True)
    for number, test in enumerate(tests, 1):
        title = test.__name__.replace('_', '-').removeprefix('test-')
        try:
            test()
            print('ok %d %s' % (number, title), flush=True)
        except Exception as error:  # any failure is this test's, the others still run
            failed = True
            print('not ok %d %s' % (number, title), flush=True)
            for line in ('%s: %s' % (type(error).__name__, error)).splitlines():
                print('# %s' % line, flush=True)
            trace = error.__traceback__
            while trace is not None:
                print('#   %s:%d' % (os.path.basename(trace.tb_frame.f_code.co_filename),
                                     trace.tb_lineno), flush=True)
                trace = trace.tb_next
    raise SystemExit(1 if failed else 0)
