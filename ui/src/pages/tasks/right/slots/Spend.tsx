import { Facts, Quiet, Section } from "~/look";
import { en, money, tokens } from "~/words";
import { details } from "~/words/en.details";
import type { SlotProps } from "../slots";

/** Tokens and cost, as the agents told them. */
export function Spend({ task: { spend, agent } }: SlotProps) {
  const { input, output, cached, cost_usd: cost } = spend;
  const isKnown = input != null || output != null || cost != null;
  return (
    <Section title={en.evidence.spend}>
      {isKnown ? (
        <Facts
          facts={[
            (input != null || output != null) && [
              en.evidence.tokens,
              en.evidence.inOut(tokens(input ?? 0), tokens(output ?? 0)),
            ],
            !!cached && [en.evidence.ofThem, details.cached(tokens(cached))],
            cost != null && [
              en.evidence.cost,
              `${money(cost)}${agent ? ` ${en.evidence.toldBy(agent)}` : ""}`,
            ],
          ]}
        />
      ) : (
        <Quiet>{en.evidence.nothingSpent}</Quiet>
      )}
    </Section>
  );
}
