# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of culvert for bash.

complete -W '--version --help --new-tunnel --gapplication-service' culvert
