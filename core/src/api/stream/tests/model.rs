//! A log against a model: whatever happens to file and client, the client ends with exactly the file.

use proptest::prelude::*;

use super::*;

/// What happens next.
#[derive(Debug, Clone)]
enum Step {
    Append(Vec<u8>),
    /// To this part of its length, in hundredths.
    Cut(u64),
    Rewrite(Vec<u8>),
    Replace(Vec<u8>),
    Remove,
    /// The client takes so many frames, if they come.
    Read(usize),
    /// The client goes away and comes back.
    Reconnect,
    /// So does the server.
    Restart,
}

/// Pieces of text, noise, characters of several bytes, and what looks like a secret.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => "[a-z\n]{0,12}".prop_map(String::into_bytes),
        2 => "[é€😀]{1,4}".prop_map(String::into_bytes),
        2 => prop::sample::select(vec!["s3cr3t", "s3c", "r3t", "s3cr3ts3cr3t"]).prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..12),
        1 => (any::<u8>(), 1000..300_000_usize).prop_map(|(byte, count)| vec![byte; count]),
    ];
    prop::collection::vec(piece, 1..5).prop_map(|pieces| pieces.concat())
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => bytes().prop_map(Step::Append),
        1 => (0..100_u64).prop_map(Step::Cut),
        1 => bytes().prop_map(Step::Rewrite),
        1 => bytes().prop_map(Step::Replace),
        1 => Just(Step::Remove),
        6 => (1..6_usize).prop_map(Step::Read),
        2 => Just(Step::Reconnect),
        1 => Just(Step::Restart),
    ]
}

/// What a file looks like to who may not see the secret.
fn hidden(bytes: &[u8]) -> Vec<u8> {
    crate::logs::Mask::new(&[SecretString::from("s3cr3t")]).apply(bytes)
}

struct Play {
    scene: Scene,
    run: Run,
    streams: Streams,
    stream: Single,
    viewer: Viewer,
}

impl Play {
    fn new() -> Self {
        let scene = Scene::new();
        let (run, streams) = (scene.run(), scene.hiding(&["s3cr3t"]));
        let stream = from_start(&streams, &run.topic());
        Self { scene, run, streams, stream, viewer: Viewer::default() }
    }

    async fn step(&mut self, step: Step) {
        match step {
            Step::Append(bytes) => self.run.append(&bytes),
            Step::Cut(part) => {
                if let Ok(meta) = std::fs::metadata(self.run.path()) {
                    self.run.cut(meta.len() * part / 100);
                }
            }
            Step::Rewrite(bytes) => std::fs::write(self.run.path(), bytes).expect("written"),
            Step::Replace(bytes) => self.run.replace(&bytes),
            Step::Remove => drop(std::fs::remove_file(self.run.path())),
            Step::Read(frames) => {
                for _ in 0..frames {
                    let frame = tokio::time::timeout(Duration::from_millis(2), self.stream.next()).await;
                    let Ok(Some(frame)) = frame else { return };
                    self.viewer.take(&frame);
                }
            }
            Step::Reconnect => self.reconnect(),
            Step::Restart => {
                self.streams = self.scene.hiding(&["s3cr3t"]);
                self.reconnect();
            }
        }
    }

    fn reconnect(&mut self) {
        self.stream = after(&self.streams, &self.run.topic(), &self.viewer.cursor);
    }

    async fn end(mut self) {
        // So that a file that grew back to what was seen of an earlier one is not taken for it.
        self.run.append(b" -- the end");
        self.run.end();
        self.viewer.read_to_end(&mut self.stream).await;
        let file = std::fs::read(self.run.path()).expect("reads");
        let (shown, expected) = (self.viewer.shown, hidden(&file));
        assert_eq!(shown.len(), expected.len());
        let differs = (0..shown.len()).find(|at| shown[*at] != expected[*at]);
        assert_eq!(differs, None, "the first byte that differs");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_client_ends_with_exactly_the_file(steps in prop::collection::vec(step(), 1..30)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        runtime.block_on(async {
            let mut play = Play::new();
            for step in steps {
                play.step(step).await;
            }
            play.end().await;
        });
    }
}
