# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of culvert for fish.

complete -c culvert -f
complete -c culvert -l version -d 'Print the version and end'
complete -c culvert -s h -l help -d 'Say how it is used'
complete -c culvert -l background -d 'Start without a window, but for the tray'
complete -c culvert -l new-tunnel -d 'Begin a new tunnel'
complete -c culvert -l gapplication-service -d 'Start without a window'
