/** `sgd-dynamics claims`: what the papers say, measured. */
import { toJSON } from "../../formats/index.js";
import { SgdDynamicsError } from "../../index.js";
import type { Claim } from "../../papers/index.js";
import type { Register } from "../command.js";
import { checkWritable, writeWhole } from "../files.js";
import { wrapped } from "../labels.js";
import { chosenItems, chosenPapers, type Item, oneAfterTheOther, paperNames, withSkipped } from "../papers/choice.js";
import { type Checked, claimText, holds } from "../papers/claims-text.js";
import { dataFiles, dataOption } from "../papers/data.js";
import { duration } from "../progress.js";
import { INTERRUPTED, type Terminal } from "../terminal.js";

interface ClaimsFlags {
  readonly claim?: string[];
  readonly data?: string;
  readonly out?: string;
  readonly ascii?: boolean;
  readonly json?: boolean;
}

export const registerClaims: Register = (program, terminal, run) => {
  program
    .command("claims")
    .description("measure what the papers say: numbers of runs beside those expected; exit code 1 if one does not hold")
    .argument("[paper]", `of one paper alone: ${paperNames().join(", ")}`)
    .option("--claim <id...>", "these alone")
    .option("--data <folder>", dataOption)
    .option("-o, --out <file>", "write all numbers as JSON")
    .option("--ascii", "in ASCII")
    .option("--json", "print all numbers as JSON, and nothing else")
    .action((paper: string | undefined, flags: ClaimsFlags) => run(() => claimsCommand(paper, flags, terminal)));
};

async function claimsCommand(name: string | undefined, flags: ClaimsFlags, terminal: Terminal): Promise<number> {
  const all = chosenPapers(name).flatMap((paper) =>
    paper.claims.map((claim): Item<Claim> => ({ paper, name: claim.id, seconds: claim.seconds, work: claim })),
  );
  const files = dataFiles(flags.data);
  const items = await withSkipped(chosenItems("claim", all, flags.claim), files);
  if (flags.out) await checkWritable([flags.out]);
  const layout = { width: Math.min(terminal.columns, 120), ascii: flags.ascii };
  const say = flags.json ? () => {} : terminal.print;
  const began = performance.now();
  const results: (Checked & { readonly item: Item<Claim> })[] = [];

  await oneAfterTheOther(items, terminal, async (item, control) => {
    const claim = item.work;
    let checked: Checked;
    try {
      checked = item.skipped
        ? { claim, findings: [], skipped: item.skipped }
        : { claim, findings: await claim.measure({ ...control, files }) };
    } catch (error) {
      if (!(error instanceof SgdDynamicsError) && !terminal.signal.aborted) throw error;
      checked = { claim, findings: [], failure: error instanceof Error ? error.message : String(error) };
    }
    // what an aborted run left says nothing
    if (terminal.signal.aborted) return;
    return () => {
      if (results.at(-1)?.item.paper !== item.paper)
        say(`\n${wrapped(`${item.paper.title}: ${item.paper.summary}`, layout)}`);
      say(`\n${claimText(checked, layout)}`);
      results.push({ ...checked, item });
    };
  });

  const measured = results.filter(({ skipped }) => skipped === undefined);
  const kept = measured.filter(holds);
  const numbers = results.flatMap(({ findings }) => findings);
  const sentence = `${kept.length} of ${measured.length} claims hold (${numbers.filter((one) => one.holds).length} of ${numbers.length} numbers)${results.length > measured.length ? `, ${results.length - measured.length} skipped` : ""}, ${duration((performance.now() - began) / 1000)}.`;
  say(`\n${wrapped(sentence, layout)}`);
  if (terminal.signal.aborted)
    terminal.note(`Interrupted: ${items.length - results.length} of ${items.length} claims were not measured.`);
  const value = {
    claims: results.map((one) => ({
      paper: one.item.paper.name,
      id: one.claim.id,
      statement: one.claim.statement,
      source: one.claim.source,
      ...(one.skipped === undefined ? { holds: holds(one) } : { skipped: one.skipped }),
      ...(one.failure === undefined ? {} : { failure: one.failure }),
      findings: one.findings,
    })),
    holds: kept.length,
    of: items.length,
    skipped: results.length - measured.length,
  };
  if (flags.out) {
    await writeWhole(flags.out, toJSON(value));
    say(` Written: ${flags.out}`);
  }
  if (flags.json) terminal.print(toJSON(value).trimEnd());
  if (terminal.signal.aborted) return INTERRUPTED;
  // without data there is nothing to say of a claim, neither that it holds nor that it does not
  return kept.length === measured.length ? 0 : 1;
}
