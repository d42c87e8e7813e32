# SPDX-License-Identifier: GPL-3.0-or-later
"""What check-layers and check-tree both know: which files there are, and what of C text is code."""

import os
import re
import subprocess

_TOKEN = re.compile(
    r'''/\*.*?(?:\*/|\Z) | //[^\n]* | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' ''',
    re.DOTALL | re.VERBOSE)


def code_of(text, keep_strings=False):
    """The text with comments blanked, and strings emptied unless kept; every line keeps its number."""
    def blank(match):
        token = match.group()
        if token.startswith('/'):
            return ' ' + '\n' * token.count('\n')
        return token if keep_strings else token[0] * 2
    return _TOKEN.sub(blank, text)


def list_files(root):
    """Every file of the project below root, in order: known to git or not, but not ignored by it.
    Outside a repository (a release) all files but those of build folders."""
    try:
        listing = subprocess.run(
            ['git', '-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
            check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        names = set(listing.decode('utf-8', 'surrogateescape').split('\0')) - {''}
        if names:
            return sorted(name for name in names if os.path.lexists(os.path.join(root, name)))
    except (OSError, subprocess.CalledProcessError):
        pass

    names = []
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders
                      if name not in ('.git', '__pycache__') and
                      not os.path.exists(os.path.join(folder, name, 'meson-private'))]
        names += [os.path.relpath(os.path.join(folder, name), root) for name in files]
    return sorted(names)


def read(root, name):
    """The text of a file; bytes that are not UTF-8 come as surrogates, a dangling link as nothing."""
    try:
        with open(os.path.join(root, name), encoding='utf-8', errors='surrogateescape',
                  newline='') as file:
            return file.read()
    except FileNotFoundError:
        return ''
