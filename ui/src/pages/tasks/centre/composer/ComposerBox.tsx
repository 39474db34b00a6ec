import { type ClipboardEvent, type KeyboardEvent, useRef, useState } from "react";
import { useActions, useKeyNames } from "~/actions";
import { At, announce, Button, Buttons, cx, Icon, IconButton, Menu, toastProblem, visibleText } from "~/look";
import { isAnswerable, replyId } from "~/parts/reply";
import type { AttentionItem, TaskView } from "~/platform/operations";
import { useApp } from "~/state/app";
import { useDraft } from "~/state/drafts";
import { hasEnded, keyOf, type TaskRef } from "~/state/keys";
import { useMessages } from "~/state/messages";
import { useReadable, useSelected } from "~/state/store";
import { lastWord } from "~/state/talk";
import { en } from "~/words";
import { replying } from "../../talk/replying";
import { useAttachments } from "./attachments";
import css from "./ComposerBox.module.css";
import { useDrop } from "./drop";
import { Files } from "./Files";
import { type Kind, say } from "./send";

/** A pasted text that is longer goes as a file. */
const LONG_PASTE = 64 * 1024;
const POSTED: Kind[] = ["FACT", "DECISION", "REVIEW", "ISSUE", "PROGRESS", "INFO"];

/** Answers its question, tells its agent something, follows up, or posts a message of a kind. */
export default function ComposerBox({ task }: { task: TaskView }) {
  const app = useApp();
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const question = useSelected(app.attention.value, (items) =>
    items.find((item) => keyOf(item) === keyOf(task) && isAnswerable(item.kind)),
  );
  const reply = useReadable(replying);
  const parent = reply && keyOf(reply.task) === keyOf(task) ? reply : undefined;
  const [chosen, setChosen] = useState<Kind>();
  const kind = chosenKind(chosen, question !== undefined, parent !== undefined);
  const [text, setText] = useDraft(kind === "ANSWER" ? `answer.${question?.id}` : `tell.${keyOf(task)}`);
  const files = useAttachments(task);
  const isOver = useDrop(files.add);
  const [pending, setPending] = useState<string>();
  const links = files.items.flatMap(({ link }) => link ?? []);
  const isEmpty = text.trim() === "" && links.length === 0;
  const isBlocked = isEmpty || files.isUploading || pending !== undefined;

  const send = async (how: "send" | "now", words = text) => {
    const isChoice = words !== text;
    if (pending !== undefined || (!isChoice && isBlocked)) return;
    setPending(isChoice ? words : how);
    try {
      const said = { kind, text: words, links, now: how === "now", question, parent: parent?.id };
      const read = await say(app, task, said);
      setText("");
      files.clear();
      setChosen(undefined);
      replying.set(undefined);
      if (read) announce(en.doing.write.unread[read] ?? read);
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
    files.add(pasted.length > 0 ? pasted : [new File([long], en.doing.write.pasted, { type: "text/plain" })]);
  };
  useActions([{ id: "task.write", run: () => field.current?.focus() }]);
  return (
    <div
      data-answers={kind === "ANSWER" || undefined}
      className={cx(
        css.composer,
        isOver && css.over,
        kind === "ANSWER" && css.asked,
        kind === "USER" && isEmpty && files.items.length === 0 && css.rests,
      )}
    >
      {kind === "ANSWER" && question && question.choices.length > 0 && (
        <Choices item={question} pending={pending} choose={(choice) => void send("send", choice)} />
      )}
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
        aria-label={kind === "ANSWER" ? en.doing.write.answer : en.composer.label}
        placeholder={isOver ? en.doing.write.drop : placeholder(task, kind)}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onClick={(event) => event.currentTarget.focus()}
        onKeyDown={key}
        onPaste={paste}
      />
      <Files task={task} items={files.items} remove={files.remove} />
      <div className={css.bar}>
        <IconButton icon="plus" label={en.doing.write.attach} onClick={() => picker.current?.click()} />
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          aria-label={en.doing.write.attach}
          onChange={(event) => {
            files.add(event.target.files ?? []);
            event.target.value = "";
          }}
        />
        <Kinds kind={kind} hasQuestion={question !== undefined} choose={setChosen} />
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

function chosenKind(chosen: Kind | undefined, hasQuestion: boolean, isReply: boolean): Kind {
  if (chosen === "ANSWER" && !hasQuestion) return "USER";
  if (isReply && (chosen === undefined || !POSTED.includes(chosen))) return "INFO";
  return chosen ?? (hasQuestion ? "ANSWER" : "USER");
}

function isInterruptible({ status }: TaskView, kind: Kind): boolean {
  return status === "running" && kind === "USER";
}

function placeholder(task: TaskView, kind: Kind): string {
  if (kind === "ANSWER") return en.doing.write.answer;
  if (kind !== "USER") return en.doing.write.kindHint;
  return hasEnded(task) ? en.composer.followUp : en.composer.placeholder;
}

function sendWord(task: TaskView, kind: Kind): string {
  if (kind === "ANSWER") return en.doing.write.sendAnswer;
  if (kind !== "USER") return en.doing.write.post(en.doing.write.kinds[kind]);
  if (hasEnded(task)) return en.composer.sendFollowUp;
  if (task.status === "paused") return en.doing.write.paused;
  return task.status === "running" ? en.composer.send : en.doing.write.between;
}

type ChoicesProps = {
  item: AttentionItem;
  pending: string | undefined;
  choose: (choice: string) => void;
};

function Choices({ item, pending, choose }: ChoicesProps) {
  const keyOf = useKeyNames();
  return (
    <Buttons className={css.choices}>
      {item.choices.map((choice, index) => (
        <Button
          key={choice}
          title={visibleText(choice)}
          keys={keyOf(`list.choice.${index + 1}`)}
          pending={pending === choice}
          disabled={pending !== undefined}
          onClick={() => choose(choice)}
        >
          <span className={css.cut}>{visibleText(choice)}</span>
        </Button>
      ))}
    </Buttons>
  );
}

type KindsProps = { kind: Kind; hasQuestion: boolean; choose: (kind: Kind | undefined) => void };

/** As what it is sent. */
function Kinds({ kind, hasQuestion, choose }: KindsProps) {
  const words = en.doing.write;
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
    <span className={css.read} role="status">
      {word.readAt === undefined ? en.doing.write.waiting : en.doing.write.read}
      {word.readAt && <At at={word.readAt} />}
    </span>
  );
}
