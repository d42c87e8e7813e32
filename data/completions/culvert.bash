# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of culvert for bash.

complete -W '--version --help --background --new-tunnel --gapplication-service' culvert
