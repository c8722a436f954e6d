# What the checks share: where the source and the build are.
top=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
build=${1:-.}
bad() { echo "$*"; status=1; }
status=0
