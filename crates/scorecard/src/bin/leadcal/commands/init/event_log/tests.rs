use super::*;

const LEADS: &str = "id,email,n,won\nL1,a@x.example,1,yes\nL2,b@x.example,2,no\nL3,c@x.example,3,no\n";

/// The columns found of events written as CSV: the leads' id, lead, time and name.
fn found(events: &str) -> Result<[String; 4], CommandError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.to_str().expect("UTF-8").to_owned()
    };
    let leads = LeadFiles::open(&write("leads.csv", LEADS)).expect("readable");
    let log = find(&write("events.csv", events), &leads, &["id", "email", "n"].map(str::to_owned))?;
    let EventColumns { lead, time, name } = log.file.columns().clone();
    Ok([log.id, lead, time, name])
}

#[test]
fn columns_are_known_by_their_values_and_names() {
    for (events, expected) in [
        ("lead_id,time,event,page\nL1,2024-01-01,view,/\nL9,2024-01-02,view,/x\n", ["id", "lead_id", "time", "event"]),
        // By address, though a number is that of a lead by chance.
        (
            "n,who,what,page,at\n1,a@x.example,view,,2024-01-01T10:00:00Z\n7,b@x.example,mail,/,2024-01-02\n",
            ["email", "who", "at", "what"],
        ),
        // Two times, and the fewest texts where no name is known.
        (
            "received,timestamp,lead,channel,title\n2024-01-03,2024-01-01,L1,web,x\n2024-01-03,2024-01-02,L2,web,y\n\
             2024-01-04,2024-01-03,L2,mail,z\n",
            ["id", "lead", "timestamp", "channel"],
        ),
    ] {
        assert_eq!(found(events).expect("found"), expected, "{events}");
    }
}

#[test]
fn what_is_missing_is_named() {
    for (events, message) in [
        ("lead,time,event\nL1,1704067200,view\n", "no column holds times alone"),
        (
            "lead,time,event\nX1,2024-01-01,view\n",
            "no column of the events holds ids of the leads (looked at \"id\", \"email\", \"n\")",
        ),
        ("lead,time,amount\nL1,2024-01-01,5\n", "no column says what happened"),
    ] {
        let error = found(events).expect_err("refused");
        assert_eq!(error.message, message);
        assert!(error.help.is_some() && error.place.is_some_and(|place| place.ends_with("events.csv")), "{message}");
    }
}
