import { Component, type ReactNode } from "react";
import { asProblem, type Problem } from "~/platform/problem";
import { en, hintWords, sentence } from "~/words";
import css from "./Blank.module.css";
import { Button, Buttons } from "./Button";
import { WithCommands } from "./Copyable";
import { Untrusted } from "./Untrusted";

type EmptyProps = { title: string; children?: ReactNode; actions?: ReactNode; small?: boolean };

/** Where there is nothing: says so, and what to do next. */
export function EmptyState({ title, children, actions, small }: EmptyProps) {
  return (
    <div className={small ? css.small : css.blank}>
      <p className={css.title}>{title}</p>
      {children && <p className={css.text}>{children}</p>}
      {actions && <Buttons className={css.actions}>{actions}</Buttons>}
    </div>
  );
}

type ErrorProps = { problem: Problem; retry?: () => void; small?: boolean };

/** What went wrong in the core's own words, and what it says to do. */
export function ErrorState({ problem, retry, small }: ErrorProps) {
  return (
    <div className={small ? css.small : css.blank} role="alert">
      <p className={css.title}>
        <Untrusted text={sentence(problem.message)} />
      </p>
      {problem.hint && (
        <p className={css.text}>
          <WithCommands text={hintWords(problem.hint)} />
        </p>
      )}
      {retry && (
        <Buttons className={css.actions}>
          <Button onClick={retry}>{en.look.retry}</Button>
        </Buttons>
      )}
    </div>
  );
}

/** The shape of lines that are on their way. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  return (
    <div className={css.skeleton} role="status" aria-label={en.look.loading}>
      {Array.from({ length: lines }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are alike.
        <div key={index} className={css.line} style={{ width: `${[82, 64, 74, 48][index % 4]}%` }} />
      ))}
    </div>
  );
}

type BoundaryProps = { children: ReactNode /** Another one forgets the failure. */; name: string };

/** Keeps a part that fails from taking the page with it. */
export class Boundary extends Component<BoundaryProps, { problem?: Problem; name?: string }> {
  override state: { problem?: Problem; name?: string } = {};

  static getDerivedStateFromError(error: unknown) {
    return { problem: asProblem(error) };
  }

  static getDerivedStateFromProps(props: BoundaryProps, state: { name?: string }) {
    return props.name === state.name ? null : { name: props.name, problem: undefined };
  }

  override render() {
    const { problem } = this.state;
    if (!problem) return this.props.children;
    return (
      <div className={css.blank} role="alert">
        <p className={css.title}>{en.page.pageFailed}</p>
        <p className={css.text}>{problem.message}</p>
        <Buttons className={css.actions}>
          <Button onClick={() => this.setState({ problem: undefined })}>{en.look.retry}</Button>
        </Buttons>
      </div>
    );
  }
}
