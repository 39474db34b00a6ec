#!/bin/sh
# slug: turns a title into the last part of a web address. Accents are kept.
printf '%s\n' "$1" | tr 'A-Z' 'a-z' | sed -e 's/[]!-,./:-@[\\^_`{-~ ]\{1,\}/-/g' -e 's/^-//' -e 's/-$//'
