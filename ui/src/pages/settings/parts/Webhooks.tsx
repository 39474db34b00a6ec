import { Copyable, EmptyState, ErrorState, Skeleton, Untrusted, WithCommands } from "~/look";
import type { Schema } from "~/platform/operations";
import { useApp } from "~/state/app";
import { useConfiguration } from "~/state/hooks";
import { en } from "~/words";
import { settings } from "~/words/en.settings";
import type { Settings } from "./config";
import { useFindings } from "./Machine";
import { Block, Groups, HealthWord, Hint, Row, Rows, Tag } from "./Row";
import { HowToChange, Origin } from "./Where";

const words = settings.webhooks;
const EXAMPLE =
  "webhooks:\n  phone:\n    url: https://ntfy.sh/<a topic that nobody guesses>\n    format: ntfy";
const COMMANDS = ["run-agent webhook list", "run-agent webhook test", "run-agent webhook replay --failed"];

type Webhook = {
  name: string;
  key: string;
  url?: string;
  format?: string;
  events?: string[];
  secret?: unknown;
  secret_file?: unknown;
  timeout?: string;
  allow_private?: boolean;
};

/** Where events go, as configured and as doctor finds them. */
export function Webhooks() {
  const { resources } = useApp();
  const { data, problem } = useConfiguration();
  const findings = useFindings();
  if (problem && !data)
    return <ErrorState problem={problem} retry={() => resources.invalidate("configuration")} />;
  if (!data) return <Skeleton />;
  const all = webhooksOf(data);
  if (all.length === 0) {
    return (
      <Groups>
        <Rows>
          <EmptyState small title={words.none}>
            {words.noneHint}
          </EmptyState>
          <Block>
            <Copyable block text={EXAMPLE} />
          </Block>
        </Rows>
      </Groups>
    );
  }
  const about = findings.data?.items.filter(({ what }) => what.startsWith("webhook")) ?? [];
  return (
    <Groups>
      <Rows>
        {all.map((webhook) => (
          <WebhookRow key={webhook.key} webhook={webhook} place={data.origins[`${webhook.key}.url`]} />
        ))}
      </Rows>
      <Rows title={words.deliveries}>
        {about.map((finding) => (
          <Delivery key={finding.text} finding={finding} />
        ))}
        <Block>
          <Hint>{words.deliveriesHint}</Hint>
          {COMMANDS.map((command) => (
            <Copyable key={command} block text={command} />
          ))}
        </Block>
      </Rows>
      <HowToChange all={data} example={EXAMPLE} />
    </Groups>
  );
}

function WebhookRow({ webhook, place }: { webhook: Webhook; place: string | undefined }) {
  const isChat = webhook.format !== undefined && webhook.format !== "json";
  const told = webhook.events ? words.some(webhook.events.map(eventWords).join(", ")) : undefined;
  const more = [
    webhook.timeout && words.within(webhook.timeout),
    (webhook.secret ?? webhook.secret_file) !== undefined && words.signed,
    webhook.allow_private && words.private,
  ].filter(Boolean);
  return (
    <Row
      title={
        <>
          <b>{webhook.name}</b>
          <Tag>{webhook.format ?? "json"}</Tag>
        </>
      }
      hint={
        <>
          {webhook.url && (
            <div>
              <Untrusted text={webhook.url} />
            </div>
          )}
          <div>{told ?? (isChat ? words.usual : words.all)}</div>
          {more.map((each) => `${each} · `)}
          <Origin place={place} />
        </>
      }
    />
  );
}

/** "task.failed" as it is said elsewhere. */
function eventWords(name: string): string {
  return en.status[name.replace(/^task\./, "") as keyof typeof en.status] ?? name;
}

function Delivery({ finding: { health, text, hint } }: { finding: Schema<"Finding"> }) {
  return (
    <Row health={health} title={<WithCommands text={text} />} hint={hint && <WithCommands text={hint} />}>
      <HealthWord health={health}>{words.state[health]}</HealthWord>
    </Row>
  );
}

/** `webhook` alone has the name that the command line gives it, too. */
function webhooksOf({ config }: Settings): Webhook[] {
  const { webhook, webhooks = {} } = config as {
    webhook?: Omit<Webhook, "name" | "key">;
    webhooks?: Record<string, Omit<Webhook, "name" | "key">>;
  };
  const named = Object.entries(webhooks).map(([name, each]) => ({
    ...each,
    name,
    key: `webhooks.${name}`,
  }));
  return webhook?.url ? [{ ...webhook, name: "webhook", key: "webhook" }, ...named] : named;
}
