function __liftctl
	set -l words (commandline -opc) (commandline -ct)
	liftctl complete -- $words[2..-1] 2>/dev/null
end
complete -c liftctl -a '(__liftctl)'
