#!/bin/sh
# slug: turns a title into the last part of a web address. Accents are dropped.
printf '%s\n' "$1" | sed -e 's/é/e/g' -e 's/è/e/g' -e 's/ê/e/g' -e 's/à/a/g' -e 's/ç/c/g' |
  tr 'A-Z' 'a-z' | sed -e 's/[^a-z0-9]\{1,\}/-/g' -e 's/^-//' -e 's/-$//'
