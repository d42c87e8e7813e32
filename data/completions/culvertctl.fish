# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of culvertctl for fish.

set -l commands run check list status watch log start stop toggle add import export remove help
set -l no_command "not __fish_seen_subcommand_from $commands"

function __culvertctl_tunnels
    culvertctl list --names 2>/dev/null
end

# Is it completed behind one of these commands, and not in a command line of ssh?
function __culvertctl_in
    set -l words (commandline -opc)
    set -q words[2]; and contains -- $words[2] $argv; and not contains -- -- $words
end

complete -c culvertctl -f
complete -c culvertctl -n $no_command -l version -d 'Say which version this is'
complete -c culvertctl -s h -l help -d 'Say how it is used'

complete -c culvertctl -n $no_command -a run -d 'Run tunnels in the terminal'
complete -c culvertctl -n $no_command -a check -d 'Find out whether tunnels would work'
complete -c culvertctl -n $no_command -a list -d 'List the saved tunnels'
complete -c culvertctl -n $no_command -a status -d 'Say what the tunnels do'
complete -c culvertctl -n $no_command -a watch -d 'Print what changes'
complete -c culvertctl -n $no_command -a log -d 'Print what a tunnel wrote down'
complete -c culvertctl -n $no_command -a start -d 'Switch tunnels on'
complete -c culvertctl -n $no_command -a stop -d 'Switch tunnels off'
complete -c culvertctl -n $no_command -a toggle -d 'Switch tunnels on or off'
complete -c culvertctl -n $no_command -a add -d 'Save a tunnel from an ssh command line'
complete -c culvertctl -n $no_command -a import -d 'Save tunnels from files'
complete -c culvertctl -n $no_command -a export -d 'Write saved tunnels into files'
complete -c culvertctl -n $no_command -a remove -d 'Remove saved tunnels'
complete -c culvertctl -n $no_command -a help -d 'Say how a command is used'

complete -c culvertctl -n '__culvertctl_in run check status log start stop toggle export remove' \
    -a '(__culvertctl_tunnels)' -d Tunnel
complete -c culvertctl -n '__culvertctl_in run check' -a '(__fish_complete_suffix .culvert)'
complete -c culvertctl -n '__culvertctl_in import' -F
complete -c culvertctl -n '__culvertctl_in help' -a "$commands"

complete -c culvertctl -n '__culvertctl_in run check list status watch log' -l json -d 'Print JSON'
complete -c culvertctl -n '__culvertctl_in run check log' -s v -l verbose -d 'Print the log, too'
complete -c culvertctl -n '__culvertctl_in run check' -l allow-command -d 'Run the command to a server'
complete -c culvertctl -n '__culvertctl_in run' -l once -d 'Do not connect again'
complete -c culvertctl -n '__culvertctl_in run' -l for -x -d 'End after that time'
complete -c culvertctl -n '__culvertctl_in run' -l traffic -d 'Print what is carried'
complete -c culvertctl -n '__culvertctl_in run add' -l any-user -d 'Let other users connect'
complete -c culvertctl -n '__culvertctl_in list' -l aliases -d 'Servers of ssh_config'
complete -c culvertctl -n '__culvertctl_in list' -l names -d 'Names alone'
complete -c culvertctl -n '__culvertctl_in start stop toggle' -l no-wait -d 'End at once'
complete -c culvertctl -n '__culvertctl_in start stop' -l group -x -d 'The tunnels of a group'
complete -c culvertctl -n '__culvertctl_in add' -l name -x -d 'Of the tunnel'
complete -c culvertctl -n '__culvertctl_in import' -l dry-run -d 'Only say what would be done'
complete -c culvertctl -n '__culvertctl_in import' -l replace -d 'Take the state of the file'
complete -c culvertctl -n '__culvertctl_in import' -l keep-both -d 'Save the other one, too'
complete -c culvertctl -n '__culvertctl_in import' -l all -d 'Take Hosts without forwards, too'
complete -c culvertctl -n '__culvertctl_in export' -l as -x -a 'culvert ssh ssh-config systemd server-kit' \
    -d 'What to write'
complete -c culvertctl -n '__culvertctl_in export' -s o -r -F -d 'Where to'
