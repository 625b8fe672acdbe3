// Lighthouse reports no accessibility or best-practice issues. Performance is measured by scripts/bench-page.
import { expect, test } from "../house";
import { withLighthouse } from "../lighthouse";

test("Lighthouse gives 100 for accessibility and best practices to list, person and sign-in", async ({ house }) => {
  test.setTimeout(180_000);
  await withLighthouse(async (audit) => {
    for (const path of ["/", house.person, "/sign-in"]) {
      const { scores, found } = await audit(house.rollcall.url + path, ["accessibility", "best-practices"]);
      expect.soft(found, path).toEqual([]);
      expect.soft(scores, path).toEqual({ accessibility: 100, "best-practices": 100 });
    }
  });
});
