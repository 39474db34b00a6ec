#!/bin/sh
# slug: turns a title into the last part of a web address.
printf '%s\n' "$1" | tr 'A-Z ' 'a-z-'
