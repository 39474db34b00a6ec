import { At, Copyable, Untrusted } from "~/look";
import type { ChangesView } from "~/state/changes";
import { folder } from "~/words";
import { changes } from "~/words/en.changes";
import css from "./Changes.module.css";

type Place = { at: string; commit?: string | null; branch?: string | null };

/** What is compared with what. */
export function Summary({ view }: { view: ChangesView }) {
  const { since, until, top, inside, has_ended: hasEnded } = view;
  if (!since) return null;
  return (
    <div className={css.summary}>
      <dl className={css.places}>
        <dt>{changes.since}</dt>
        <dd>
          <At at={since.at} /> <Commit place={since} />
        </dd>
        {until && (
          <>
            <dt>{changes.until}</dt>
            <dd>
              {until.ended ? (
                <>
                  {changes.ended}, <At at={until.at} />
                </>
              ) : (
                changes.now
              )}{" "}
              <Commit place={until} />
            </dd>
          </>
        )}
      </dl>
      {since.dirty && <p>{changes.dirty}</p>}
      {hasEnded && until && !until.ended && <p>{changes.endedNow}</p>}
      {top && (
        <p>
          <Untrusted text={inside ? changes.inside(inside) : changes.everyone(folder(top))} />
        </p>
      )}
    </div>
  );
}

function Commit({ place: { commit, branch } }: { place: Place }) {
  if (!commit) return <span className={css.faint}>{changes.noCommit}</span>;
  return (
    <>
      <Copyable text={commit} shown={commit.slice(0, 8)} />{" "}
      <span className={css.faint}>
        <Untrusted text={branch ? changes.on(branch) : changes.onNoBranch} />
      </span>
    </>
  );
}
