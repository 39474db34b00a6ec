#!/bin/sh
# Stands in for an agent's program: notes in its run's folder how it was called, and answers in the manner of
# the agent whose options it was given.
[ "$1" = --version ] && { echo 1.0.0; exit; }
printf '%s\0' "$0" "$@" >"$JRUN_RUN_FOLDER/called"
env -0 >"$JRUN_RUN_FOLDER/environment"
cat >"$JRUN_RUN_FOLDER/input"
case "${0##*/} $*" in
broken*) exit 127 ;;
events*) printf '%s\n' '{"event":"text","text":"hello"}' '{"event":"result","ok":true,"text":"hello"}' ;;
*--skip-trust*) echo '{"type":"result","status":"success"}' ;;
*'exec --json'*) echo '{"type":"turn.completed","usage":{"input_tokens":1,"output_tokens":1}}' ;;
*'-p --output-format'*) echo '{"type":"result","subtype":"success","is_error":false,"result":"done"}' ;;
*) echo done ;;
esac
