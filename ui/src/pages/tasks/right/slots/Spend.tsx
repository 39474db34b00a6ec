import { Facts, Quiet, Section } from "~/look";
import { money, tokens } from "~/words";
import { details, evidence } from "~/words/en.details";
import type { SlotProps } from "../slots";

/** Tokens and cost, as the agents told them. */
export function Spend({ task: { spend, agent } }: SlotProps) {
  const { input, output, cached, cost_usd: cost } = spend;
  const isKnown = input != null || output != null || cost != null;
  return (
    <Section title={evidence.spend}>
      {isKnown ? (
        <Facts
          facts={[
            (input != null || output != null) && [
              evidence.tokens,
              evidence.inOut(tokens(input ?? 0), tokens(output ?? 0)),
            ],
            !!cached && [evidence.ofThem, details.cached(tokens(cached))],
            cost != null && [evidence.cost, `${money(cost)}${agent ? ` ${evidence.toldBy(agent)}` : ""}`],
          ]}
        />
      ) : (
        <Quiet>{evidence.nothingSpent}</Quiet>
      )}
    </Section>
  );
}
