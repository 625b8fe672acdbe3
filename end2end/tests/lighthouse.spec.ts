// Lighthouse reports no accessibility or best-practice issues. Performance is measured by scripts/bench-page.
import { expect, test } from "../fixture";
import { withLighthouse } from "../lighthouse";

test("Lighthouse scores list, person and sign-in page 100 for accessibility and best practices", async ({ fixture }) => {
  test.setTimeout(180_000);
  await withLighthouse(async (audit) => {
    for (const path of ["/", fixture.person, "/sign-in"]) {
      const { scores, found } = await audit(fixture.rollcall.url + path, ["accessibility", "best-practices"]);
      expect.soft(found, path).toEqual([]);
      expect.soft(scores, path).toEqual({ accessibility: 100, "best-practices": 100 });
    }
  });
});
