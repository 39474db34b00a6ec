import { type ReactNode, useMemo } from "react";
import { IconButton, InertLink, Untrusted } from "~/look";
import { copy } from "~/look/copy";
import { reading } from "~/words/en.reading";
import css from "./Markdown.module.css";
import { type Block, blocksOf, type Inline } from "./markdown";

/** Text of an agent, lightly set: never HTML, no pictures, links that do nothing before they were looked at. */
export function Markdown({ text }: { text: string }) {
  const blocks = useMemo(() => blocksOf(text), [text]);
  return (
    <div className={css.text}>
      {blocks.map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks are only added at the end.
        <BlockView key={index} block={block} />
      ))}
    </div>
  );
}

function BlockView({ block }: { block: Block }): ReactNode {
  switch (block.kind) {
    case "text":
      return <p className={css.paragraph}>{inline(block.parts)}</p>;
    case "title":
      return <p className={css.title}>{inline(block.parts)}</p>;
    case "quote":
      return <blockquote className={css.quote}>{inline(block.parts)}</blockquote>;
    case "rule":
      return <hr className={css.rule} />;
    case "code":
      return <Code text={block.text} />;
    case "list":
      return <ListView block={block} />;
  }
}

function ListView({ block }: { block: Extract<Block, { kind: "list" }> }) {
  const List = block.isNumbered ? "ol" : "ul";
  return (
    <List className={css.list}>
      {block.items.map(({ depth, parts }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: items are only added at the end.
        <li key={index} className={css.item} style={{ marginLeft: depth * 18 }}>
          <span className={css.bullet}>{block.isNumbered ? `${block.first + index}.` : "•"}</span>
          <span>{inline(parts)}</span>
        </li>
      ))}
    </List>
  );
}

function Code({ text }: { text: string }) {
  return (
    <div className={css.code}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys. */}
      <pre tabIndex={0}>
        <Untrusted text={text} />
      </pre>
      <IconButton icon="copy" label={reading.copy} className={css.copy} onClick={() => void copy(text)} />
    </div>
  );
}

function inline(parts: Inline[]): ReactNode[] {
  return parts.map((part, index) => {
    const key = `${index}${part.kind}`;
    switch (part.kind) {
      case "code":
        return (
          <code key={key} className={css.inline}>
            <Untrusted text={part.text} />
          </code>
        );
      case "strong":
        return (
          <strong key={key} className={css.strong}>
            <Untrusted text={part.text} links />
          </strong>
        );
      case "em":
        return (
          <em key={key}>
            <Untrusted text={part.text} links />
          </em>
        );
      case "link":
        return (
          <span key={key}>
            {part.text && <Untrusted text={`${part.text} `} />}
            <InertLink url={part.url} />
          </span>
        );
      default:
        return <Untrusted key={key} text={part.text} links />;
    }
  });
}
