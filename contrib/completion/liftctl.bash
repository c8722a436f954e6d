_liftctl()
{
	local IFS=$'\n'
	COMPREPLY=($(liftctl complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _liftctl liftctl
