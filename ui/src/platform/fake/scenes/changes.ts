import type { Schema } from "../../operations";
import type { FakeChanges, World } from "../world";

type ChangedFile = Schema<"ChangedFile">;
type Made = ChangedFile & { patch?: string | (() => string); isCut?: boolean; isLossy?: boolean };

const BEGIN = "9fceb02d0ae598e95dc970b74767f19372d61af8";
const NOW = "1a410efbd13591db07496601ebc7a059dd55cfe9";
/** Lines of the file that is too long to be shown whole. */
const LOCK = 62_000;

/** What the tasks of the busy scene changed: of all kinds, and what cannot be shown. */
export function changed(world: World): void {
  const put = (slug: string, changes: FakeChanges) => {
    const task = [...world.tasks.values()].find((each) => each.task.endsWith(`-${slug}`));
    if (task) world.changes.set(`${task.project}/${task.task}`, changes);
  };
  put("fix-login-redirect", of(LOGIN, login(world)));
  put("write-regression-test", of([], { ...since(world, -1.07), until: until(world, -1.07, BEGIN) }));
  put("upgrade-axum", of(routes(), { ...since(world, -3.3), until: until(world, -0.4, BEGIN) }));
  put("search-index", of(SEARCH, { ...since(world, -70), ...ended(world) }));
  put("migrate-billing", of(BILLING, { ...since(world, -46), until: until(world, -14, BEGIN) }));
  for (const [slug, code, message] of UNAVAILABLE) put(slug, { view: { unavailable: { code, message } } });
}

const UNAVAILABLE = [
  ["terraform-fmt", "not_begun", "no run of the task has begun yet"],
  ["rename-orders", "not_begun", "no run of the task has begun yet"],
  ["docs-search", "no_repository", "/home/ada/notes is in no git repository"],
  ["e2e-flake", "busy", "others have been looking at them for a minute; look again later"],
  ["rotate-certs", "too_slow", "`git status` in /home/ada/src/infra took longer than 20 s"],
] as const;

const TOP = "/home/ada/src/webshop";

function since(world: World, minutes: number, dirty = false): FakeChanges["view"] {
  return { top: TOP, since: { at: world.clock.iso(minutes), commit: BEGIN, branch: "main", dirty } };
}

function until(world: World, minutes: number, commit: string, isEnd = false): Schema<"UntilView"> {
  return { at: world.clock.iso(minutes), commit, branch: "main", ended: isEnd };
}

function login(world: World): FakeChanges["view"] {
  return {
    ...since(world, -8.7, true),
    inside: "auth",
    until: until(world, -0.3, NOW),
    commits: [
      {
        id: NOW,
        subject: "Keep path and query over the login",
        author: "Ada",
        at: world.clock.iso(-1.2),
      },
      {
        id: "83baae61804e65cc73a7201a7252750c76066a30",
        subject: "Refuse targets on another host",
        author: "Ada",
        at: world.clock.iso(-2.9),
      },
    ],
    left_out: [
      { path: "auth/fixtures/dump.sql", why: "too_large", bytes: 48_300_000 },
      { path: "node_modules/", why: "too_many", files: 31_480, bytes: 412_000_000 },
      { path: "run/auth.sock", why: "special" },
      { path: "secrets/key.pem", why: "unreadable" },
      { path: "vendor/oauth", why: "submodule" },
    ],
  };
}

function ended(world: World): FakeChanges["view"] {
  return { until: until(world, -2, NOW, true), has_ended: true };
}

/** What is told of some files, and their patches. */
function of(files: readonly Made[], view: FakeChanges["view"]): FakeChanges {
  const told = files.map(({ patch: _patch, isCut: _cut, isLossy: _lossy, ...file }) => file);
  const sum = (name: "added" | "removed") => told.reduce((all, file) => all + (file[name] ?? 0), 0);
  return {
    view: {
      ...view,
      files: told,
      totals: { files: told.length, added: sum("added"), removed: sum("removed") },
    },
    patch: (path) => {
      const file = files.find((each) => each.path === path || each.old_path === path);
      if (!file) return undefined;
      const { patch = "", isCut: cut = false, isLossy: lossy = false } = file;
      return { text: typeof patch === "string" ? patch : patch(), cut, lossy };
    },
  };
}

/** Hunks whose heads tell how many lines follow. */
function counted(hunks: string): string {
  const told = hunks.split(/^(?=@@ )/m).map((part) => {
    const lines = part.trimEnd().split("\n").slice(1);
    const count = (sign: string) => lines.filter((line) => line[0] === sign || line[0] === " ").length;
    return part.replace(/^@@ -(\d+) \+(\d+) @@/, `@@ -$1,${count("-")} +$2,${count("+")} @@`);
  });
  return told.join("");
}

/** A file whose patch is these hunks; its lines are counted in them. */
function file(path: string, kind: string, hunks: string, rest: Partial<Made> = {}): Made {
  const count = (sign: string) => hunks.split("\n").filter((line) => line[0] === sign).length;
  const before = rest.old_path ?? path;
  const head = `diff --git a/${before} b/${path}\nindex 7d3c1f0..e02a9b4 100644\n--- a/${before}\n+++ b/${path}\n`;
  return {
    path,
    kind,
    added: count("+"),
    removed: count("-"),
    binary: false,
    bytes: 4200,
    patch: head + counted(hunks),
    ...rest,
  };
}

const SESSION = `@@ -1 +1 @@
 //! What is known of who is logged in.
 
-use http::{Request, Uri};
+use http::Request;
 
 use crate::redirect::Redirect;
 use crate::user::User;
@@ -38 +38 @@ impl Session {
     /// Where to go after the login: where the person wanted to, before.
     fn after_login(request: &Request) -> Redirect {
         let user = request.user();
-        Redirect::to(request.uri().path())
+        let target = request
+            .uri()
+            .path_and_query()
+            .map_or("/", |target| target.as_str());
+        Redirect::to(Target::inside(target))
     }
 
     fn forget(&mut self) {
+\tself.target = None;
         self.user = None;
     }
 }
@@ -96 +101 @@ mod tests {
         assert_eq!(session.user(), None);
     }
 }
-// A query is not tested.
\\ No newline at end of file
+// A target on another host is refused: see redirect.rs.
`;

const TARGET = `@@ -0 +1 @@
+//! Targets that a login may lead to.
+
+/// An address of this site: a path with its query.
+pub struct Target(String);
+
+impl Target {
+    /// The path, or the first page for an address of another site.
+    pub fn inside(address: &str) -> Self {
+        // A path that begins with two slashes names a host.
+        let is_inside = address.starts_with('/') && !address.starts_with("//");
+        // \u202etset a si siht
+        Self(if is_inside { address } else { "/" }.to_owned())
+    }
+}
`;

const LEGACY = `@@ -1 +0 @@
-//! The redirect as it was before sessions.
-
-pub fn legacy(path: &str) -> String {
--- kept for old clients
-    format!("/?next={path}")
-}
-// end
`;

const RENAMED = `@@ -12 +12 @@ use webshop_auth::Session;
 
 #[test]
 fn a_login_leads_back() {
-    let response = login("/cart");
+    let response = login("/cart?step=2&code=%41");
     assert_eq!(response.status(), 303);
 }
 
`;

const lock = () => {
  const lines = Array.from(
    { length: LOCK },
    (_, index) =>
      `+    "node_modules/package-${index}": { "version": "1.${index % 40}.${index % 7}", "integrity": "sha512-${(index * 7919).toString(36)}" },`,
  );
  return `diff --git a/package-lock.json b/package-lock.json\nnew file mode 100644\nindex 0000000..3e1f9c2\n--- /dev/null\n+++ b/package-lock.json\n@@ -0,0 +1,${LOCK} @@\n${lines.join("\n")}\n`;
};

const LOGIN: Made[] = [
  file("auth/src/legacy.rs", "deleted", LEGACY, { bytes: undefined }),
  file("auth/src/session.rs", "modified", SESSION),
  file("auth/src/target.rs", "added", TARGET, { bytes: 512 }),
  {
    path: "auth/static/login.png",
    kind: "modified",
    binary: true,
    bytes: 48_211,
  },
  file("auth/tests/redirect.rs", "renamed", RENAMED, { old_path: "auth/tests/login_redirect.rs" }),
  {
    path: "auth/with a very long name/and many folders below it/until it does not fit/into one line/of any window/handlers.generated.rs",
    kind: "modified",
    added: 1,
    removed: 1,
    binary: false,
    bytes: 90_210,
    patch: `diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-${"let one_line = 1; ".repeat(40)}\n+${"let one_line = 2; ".repeat(900)}\n`,
  },
  {
    path: '"auth/\\344rger.txt"',
    kind: "modified",
    added: 1,
    removed: 0,
    binary: false,
    bytes: 12,
    isLossy: true,
    patch: "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n caf\ufffd\n+ende\r\n",
  },
  {
    path: "deploy.sh",
    kind: "mode",
    added: 0,
    removed: 0,
    binary: false,
    bytes: 900,
    patch: "diff --git a/deploy.sh b/deploy.sh\nold mode 100644\nnew mode 100755\n",
  },
  {
    path: "package-lock.json",
    kind: "added",
    added: LOCK + 4_000,
    removed: 0,
    binary: false,
    bytes: 7_900_000,
    isCut: true,
    patch: lock,
  },
  {
    path: "static/current",
    kind: "type",
    added: 1,
    removed: 1,
    binary: false,
    bytes: 9,
    patch:
      "diff --git a/static/current b/static/current\ndeleted file mode 100644\n--- a/static/current\n+++ /dev/null\n@@ -1 +0,0 @@\n-v1\ndiff --git a/static/current b/static/current\nnew file mode 120000\n--- /dev/null\n+++ b/static/current\n@@ -0,0 +1 @@\n+releases/2\n\\ No newline at end of file\n",
  },
];

const SEARCH: Made[] = [
  file(
    "src/search/query.rs",
    "modified",
    `@@ -88 +88 @@ fn parse(input: &str) -> Result<Query>
 fn parse(input: &str) -> Result<Query> {
-    let words = input.split(' ');
+    let words: Vec<_> = input.split_whitespace().collect();
+    ensure!(!words.is_empty(), EmptyQuery);
+    let prefix = words.last().unwrap();
     Ok(Query::new(words, prefix))
 }
`,
  ),
  file("tests/search.rs", "added", "@@ -0 +1 @@\n+#[test]\n+fn one_letter_does_not_scan() {}\n"),
];

const BILLING: Made[] = [
  file(
    "migrations/0042_billing.sql",
    "added",
    "@@ -0 +1,3 @@\n+ALTER TABLE invoices RENAME TO invoices_old;\n+CREATE TABLE invoices (id INTEGER PRIMARY KEY, cents INTEGER NOT NULL);\n+INSERT INTO invoices SELECT id, amount * 100 FROM invoices_old;\n",
  ),
];

/** The 31 files in which paths are written anew. */
function routes(): Made[] {
  return Array.from({ length: 31 }, (_, index) => {
    const name = ["orders", "carts", "users", "invoices", "search"][index % 5];
    return file(
      `src/routes/${name}/v${index}.rs`,
      "modified",
      `@@ -9 +9 @@ pub fn router() -> Router {\n     Router::new()\n-        .route("/${name}/:id", get(show))\n+        .route("/${name}/{id}", get(show))\n         .with_state(state)\n`,
    );
  });
}
