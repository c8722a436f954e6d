#compdef liftctl
_liftctl()
{
	local -a found
	found=(${(f)"$(liftctl complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)"})
	if (( $#found )); then
		compadd -a found
	else
		_files
	fi
}
compdef _liftctl liftctl
