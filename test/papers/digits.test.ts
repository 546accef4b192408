// The digits that the package carries are those of the fixture.
import { expect, it } from "vitest";
import { digits } from "../../src/papers/digits.js";
import * as fixture from "../support/datasets.js";

it("gives the fixture's digits, in the order of its rows", async () => {
  expect(await digits()).toEqual(await fixture.digits());
});
