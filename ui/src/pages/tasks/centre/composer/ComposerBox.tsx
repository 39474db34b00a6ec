import { type ClipboardEvent, type KeyboardEvent, useRef, useState } from "react";
import { useActions, useKeyNames } from "~/actions";
import { At, announce, Button, Buttons, cx, Icon, IconButton, Menu, toastProblem, visibleText } from "~/look";
import { Answered } from "~/parts/Answering";
import answering from "~/parts/Answering.module.css";
import { replyId } from "~/parts/reply";
import type { TaskView } from "~/platform/operations";
import { useApp } from "~/state/app";
import type { ShownItem } from "~/state/attention";
import { hasEnded, type TaskRef } from "~/state/keys";
import { useMessages } from "~/state/messages";
import { lastWord } from "~/state/talk";
import { en } from "~/words";
import { write } from "~/words/en.write";
import { replying } from "../../talk/replying";
import { useAttachments } from "./attachments";
import css from "./ComposerBox.module.css";
import { useDrop } from "./drop";
import { Files } from "./Files";
import { type Kind, type Said, say } from "./send";
import { POSTED, useWriting } from "./writing";

/** A pasted text that is longer goes as a file. */
const LONG_PASTE = 64 * 1024;

/** Answers its question, tells its agent something, follows up, or posts a message of a kind. */
export default function ComposerBox({ task }: { task: TaskView }) {
  const app = useApp();
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const files = useAttachments(task);
  const writing = useWriting(task, files.items.length > 0);
  const { kind, text, open, past, question, parent, isLate, choose } = writing;
  const isOver = useDrop(files.add);
  const [pending, setPending] = useState<string>();
  const links = files.items.flatMap(({ link }) => link ?? []);
  const isEmpty = text.trim() === "" && links.length === 0;
  /** One that does not go is not left behind without a word. */
  const refused = files.items.find(({ error }) => error !== undefined);
  const isBlocked = isEmpty || isLate || refused !== undefined || files.isUploading || pending !== undefined;
  const isAnswer = kind === "ANSWER" && !isLate;
  /** It asked while something else was being written. */
  const isAsked = open !== undefined && question?.id !== open.id;

  const send = async (how: "send" | "now", choice?: string) => {
    // A choice takes along what stands beside it as an answer, and leaves alone what is no answer.
    const isAll = choice === undefined || isAnswer;
    if (pending !== undefined || (choice === undefined && isBlocked) || (isAll && refused)) return;
    setPending(choice ?? how);
    try {
      const said: Said =
        choice === undefined
          ? { kind, text, links, now: how === "now", question, parent: parent?.id }
          : { kind: "ANSWER", text: choice, links: isAll ? links : [], now: false, question: open };
      const read = await say(app, task, said);
      if (isAll) {
        writing.sent(text);
        files.clear(files.items);
      }
      if (read) announce(write.unread[read] ?? read);
    } catch (error) {
      toastProblem(error);
    }
    setPending(undefined);
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === "Escape") field.current?.blur();
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void send(event.shiftKey && isInterruptible(task, kind) ? "now" : "send");
  };
  const paste = (event: ClipboardEvent) => {
    const { files: pasted } = event.clipboardData;
    const long = event.clipboardData.getData("text/plain");
    if (pasted.length === 0 && long.length <= LONG_PASTE) return;
    event.preventDefault();
    files.add(pasted.length > 0 ? pasted : [new File([long], write.pasted, { type: "text/plain" })]);
  };
  useActions([{ id: "task.write", run: () => field.current?.focus() }]);
  return (
    <div
      data-answers={isAnswer || past !== undefined || undefined}
      className={cx(
        css.composer,
        isOver && css.over,
        (isAnswer || past) && css.asked,
        kind === "USER" && isEmpty && files.items.length === 0 && css.rests,
      )}
    >
      {open && (isAnswer || isAsked) && open.choices.length > 0 && (
        <Choices
          item={open}
          pending={pending}
          isBlocked={isAnswer && refused !== undefined}
          choose={(choice) => void send("send", choice)}
        />
      )}
      {past && <Choices item={past} pending={undefined} choose={() => undefined} />}
      {isLate && pending === undefined && (
        <Aside words={write.late} does={write.tellIt} run={() => choose("USER")} />
      )}
      {isAsked && !isLate && <Aside words={write.asks} does={write.answerIt} run={() => choose("ANSWER")} />}
      {parent && (
        <p className={css.reply}>
          <span>{`${en.doing.talk.replyTo(parent.kind)} “${visibleText(parent.text)}”`}</span>
          <IconButton icon="close" label={en.doing.talk.noReply} onClick={() => replying.set(undefined)} />
        </p>
      )}
      <textarea
        ref={field}
        id={question && kind === "ANSWER" ? replyId("page", question.id) : undefined}
        className={css.text}
        rows={2}
        aria-label={kind === "ANSWER" ? write.answer : en.composer.label}
        placeholder={isOver ? write.drop : placeholder(task, kind)}
        value={text}
        onChange={(event) => writing.setText(event.target.value)}
        onClick={(event) => event.currentTarget.focus()}
        onKeyDown={key}
        onPaste={paste}
      />
      <Files task={task} items={files.items} remove={files.remove} />
      {refused && (
        <p className={css.refused} role="alert">
          {write.refused(visibleText(refused.name))}
        </p>
      )}
      <div className={css.bar}>
        <IconButton icon="plus" label={write.attach} onClick={() => picker.current?.click()} />
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          aria-label={write.attach}
          onChange={(event) => {
            files.add(event.target.files ?? []);
            event.target.value = "";
          }}
        />
        <Kinds kind={kind} hasQuestion={open !== undefined} choose={choose} />
        <LastWord task={task} />
        <span className={css.space} />
        {isInterruptible(task, kind) && (
          <Button disabled={isBlocked} pending={pending === "now"} onClick={() => void send("now")}>
            {en.composer.now}
          </Button>
        )}
        <Button
          kind="primary"
          keys="mod+enter"
          disabled={isBlocked}
          pending={pending === "send"}
          onClick={() => void send("send")}
        >
          {sendWord(task, kind)}
        </Button>
      </div>
    </div>
  );
}

function isInterruptible({ status }: TaskView, kind: Kind): boolean {
  return status === "running" && kind === "USER";
}

function placeholder(task: TaskView, kind: Kind): string {
  if (kind === "ANSWER") return write.answer;
  if (kind !== "USER") return write.kindHint;
  return hasEnded(task) ? en.composer.followUp : en.composer.placeholder;
}

function sendWord(task: TaskView, kind: Kind): string {
  if (kind === "ANSWER") return write.sendAnswer;
  if (kind !== "USER") return write.post(write.kinds[kind]);
  if (hasEnded(task)) return en.composer.sendFollowUp;
  if (task.status === "paused") return write.paused;
  return task.status === "running" ? en.composer.send : write.between;
}

/** What changed while something was being written, and the way to change over. */
function Aside({ words, does, run }: { words: string; does: string; run: () => void }) {
  return (
    <p className={css.reply} role="status">
      <span>{words}</span>
      <Button small kind="quiet" onClick={run}>
        {does}
      </Button>
    </p>
  );
}

type ChoicesProps = {
  item: ShownItem;
  pending: string | undefined;
  isBlocked?: boolean;
  choose: (choice: string) => void;
};

function Choices({ item, pending, isBlocked, choose }: ChoicesProps) {
  const keyOf = useKeyNames();
  const isAnswered = item.answered !== undefined;
  return (
    <div className={cx(answering.answering, isAnswered && answering.answered)}>
      {item.choices.length > 0 && (
        <Buttons className={css.choices}>
          {item.choices.map((choice, index) => (
            <Button
              key={choice}
              wraps
              title={visibleText(choice)}
              keys={keyOf(`list.choice.${index + 1}`)}
              pending={pending === choice}
              disabled={pending !== undefined || isAnswered || isBlocked}
              onClick={() => choose(choice)}
            >
              <span className={answering.cut}>{visibleText(choice)}</span>
            </Button>
          ))}
        </Buttons>
      )}
      <Answered text={item.answered} />
    </div>
  );
}

type KindsProps = { kind: Kind; hasQuestion: boolean; choose: (kind: Kind) => void };

/** As what it is sent. */
function Kinds({ kind, hasQuestion, choose }: KindsProps) {
  const words = write;
  const item = (each: Kind) => ({
    title: words.kinds[each],
    checked: each === kind,
    run: () => choose(each),
  });
  const first: Kind[] = hasQuestion ? ["ANSWER", "USER"] : ["USER"];
  return (
    <Menu
      label={words.as}
      items={[...first.map(item), "line", ...POSTED.map(item)]}
      opener={(props) => (
        <Button small kind="quiet" title={words.as} {...props}>
          {words.kinds[kind]}
          <Icon name="down" size={10} />
        </Button>
      )}
    />
  );
}

/** Whether the agent has read what a person said last. */
function LastWord({ task }: { task: TaskRef }) {
  const word = lastWord(useMessages(task).items);
  if (!word) return null;
  return (
    <span className={css.read} role="status" title={write.last}>
      {word.readAt === undefined ? write.waiting : write.read}
      {word.readAt && <At at={word.readAt} />}
    </span>
  );
}
