# Sourced by ./run and ./check: installs what packages.txt asks for and is missing.
# need run|check [...]   only root can install; without it the missing packages are named.
need() {
	local missing='' kind name
	while read -r kind name; do
		case "$kind" in '' | '#'*) continue ;; esac
		case " $* " in *" $kind "*) ;; *) continue ;; esac
		dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'install ok installed' ||
			missing="$missing $name"
	done <packages.txt
	# A command that came another way than by its package will do.
	for name in nodejs:node npm:npm python3:python3; do
		if command -v "${name#*:}" >/dev/null 2>&1; then
			missing=$(printf '%s' "$missing " | sed "s/ ${name%:*} / /; s/ $//")
		fi
	done
	[ -n "${missing// /}" ] || return 0
	if [ "$(id -u)" != 0 ]; then
		echo "These packages are missing; install them as root and start again:" >&2
		echo "  apt-get install$missing" >&2
		exit 3
	fi
	echo "Installing:$missing"
	# Runlevel 1: what packages of test peers would start as services stays down.
	export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
	apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing >/dev/null || {
		echo "The packages could not be installed: see the lines above." >&2
		exit 3
	}
}
