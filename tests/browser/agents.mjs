// The scripted agents of the tests. They talk as any agent does: by `run-agent` on their PATH.

import { dirname, join } from "node:path";

/**
 * What the agent does, by a word of its prompt. Having asked, it ends its turn; the answer stands in the prompt of the
 * next. It waits for files in its home, which the tests make.
 */
const SCRIPT = `
  prompt=$(cat)
  first() { mkdir "$JRUN_TASK_FOLDER/begun" 2>/dev/null; }
  case "$prompt" in
    *"use green"*) echo "heard green"; run-agent done -m "green it is" ;;
    *"It goes with "*)
      echo "$prompt" | sed -n 's/^It goes with //p' | while read -r file; do
        echo "given $(wc -c < "$file") bytes as $(basename "$file")"
      done
      run-agent done -m "looked at what was given" ;;
    *ask-me*|*ask-by-key*|*ask-in-vain*)
      case "$prompt" in
        *ask-by-key*) choices="--choice white --choice black" ;;
        *ask-in-vain*) choices="--choice oak --choice pine --default oak --after 30s" ;;
        *) choices="--choice blue --choice red" ;;
      esac
      if first; then
        run-agent ask "Which colour shall the door have?" $choices
      else
        colour=$(echo "$prompt" | grep -owE 'blue|red|white|black|oak|pine' | tail -n 1)
        echo "painting it $colour"; run-agent done -m "painted it $colour"
      fi ;;
    *have-child*)
      if first; then
        run-agent task --detach --agent scripted "work-on the hinge"; echo "gave the hinge away"
      else
        echo "gathered the hinge"; run-agent done -m "the door has its hinge"
      fi ;;
    *work-on*)
      i=0
      while [ ! -e "$HOME/end" ]; do i=$((i + 1)); echo "line $i of work"; sleep 0.2; done
      run-agent done -m "worked" ;;
    *hear-me*)
      echo "listening"
      while [ ! -e "$HOME/turn" ]; do sleep 0.1; done ;;
    *print-much*)
      seq 6000 | sed -E 's/^(7|3000|5990)$/needle at \\1/; t; s/^/line /'
      run-agent done -m "printed much" ;;
    *say-much*)
      much() { head -c 10485760 /dev/zero | tr '\\0' "$1"; }
      much m | run-agent bus post --type PROGRESS
      much x; echo; echo "that was much"
      run-agent done -m "said much" ;;
    *fail-now*) echo "the door has no handle" >&2; exit 126 ;;
    *nasty*) cat "$HOME/nasty.txt"; run-agent done -m "$(cat "$HOME/nasty.txt")" ;;
    *) echo "done at once"; run-agent done -m "nothing to do" ;;
  esac
`;

/** The agents of the configuration: `scripted`, and `remembers`, which has sessions as claude has and does what lines
    of its prompt say (`tests/src/fake`). */
export function agents(program) {
  return {
    scripted: { type: "command", command: ["sh", "-c", SCRIPT] },
    remembers: {
      type: "claude", command: [join(dirname(program), "fake-agent")], env: { ANTHROPIC_API_KEY: "none" },
    },
  };
}
