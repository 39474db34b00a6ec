#!/bin/sh
# Checks slug.sh: every title must become the address beside it.
cd "$(dirname "$0")" || exit 2
failed=0
check() {
  got=$(sh ./slug.sh "$1")
  if [ "$got" = "$2" ]; then echo "ok    $1"; else failed=$((failed + 1)); echo "FAIL  $1: got $got, want $2"; fi
}
check 'Hello World' 'hello-world'
check 'Rock & Roll!' 'rock-roll'
check 'Café au lait' 'cafe-au-lait'
echo "$((3 - failed)) of 3 pass"
[ "$failed" = 0 ]
