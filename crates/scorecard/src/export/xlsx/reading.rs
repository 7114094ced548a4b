//! Formulas that understand what was typed as the document says: "How a value is understood" and the times of events.
//!
//! A formula takes cells, as texts, and gives `""` for no value and `"?"` for one that cannot be understood. Nothing
//! depends on the language of the spreadsheet: VALUE sees digits alone, NUMBERVALUE is told its decimal point.

use rust_xlsxwriter::XlsxError;

use super::rules::{Coded, Rules, is_one_of};

/// Microseconds of a day, in formulas.
pub(super) const DAY: &str = "86400000000";
/// The day 1970-01-01 as spreadsheets count.
const EPOCH: &str = "25569";

/// The words and forms that formulas compare with.
pub(super) struct Words {
    /// Cell of a text of all white space.
    blanks: String,
    /// Numbers with digits as 9, runs of digits as one.
    number_forms: String,
    /// Largest number there is.
    largest: String,
    /// Words for infinities (1, 2) and for no number (3).
    numbers: Coded,
    /// Words for yes (1) and no (2).
    booleans: Coded,
}

impl Words {
    pub(super) fn new(rules: &mut Rules) -> Result<Self, XlsxError> {
        // The character 1 is what LibreOffice makes of a tab in a text of several lines.
        let white: Vec<String> = (0..=0xFFFF_u32)
            .filter(|&code| code == 1 || char::from_u32(code).is_some_and(char::is_whitespace))
            .map(|code| format!("_xlfn.UNICHAR({code})"))
            .collect();
        let mut forms = Vec::new();
        for sign in ["", "+", "-"] {
            for digits in ["9", "9.", ".9", "9.9"] {
                for exponent in ["", "e9", "e+9", "e-9"] {
                    forms.push(format!("{sign}{digits}{exponent}"));
                }
            }
        }
        let infinite = ["inf", "+inf", "infinity", "+infinity"].map(|word| (word, 1));
        let negative = ["-inf", "-infinity"].map(|word| (word, 2));
        let none = ["nan", "+nan", "-nan"].map(|word| (word, 3));
        let yes = ["true", "yes", "t", "y", "1", "1.0"].map(|word| (word, 1));
        let no = ["false", "no", "f", "n", "0", "0.0"].map(|word| (word, 2));
        Ok(Self {
            blanks: rules.formula("white space", &white.join("&"))?,
            number_forms: rules.texts("forms of numbers", forms.iter().map(String::as_str))?,
            largest: rules.formula("stands for infinity", "1.79769313486231E+308")?,
            numbers: rules.coded("words for numbers", infinite.into_iter().chain(negative).chain(none))?,
            booleans: rules.coded("words for yes and no", yes.into_iter().chain(no))?,
        })
    }

    /// A cell without the blanks around a text; `""` where it is empty. Numbers, booleans and dates stay what they are.
    pub(super) fn trimmed(&self, cell: &str) -> String {
        let blanks = &self.blanks;
        let places = places(cell);
        let solid = format!("ISERROR(FIND(MID({cell},{places},1),{blanks}))");
        let start = format!("LEN({cell})+1-SUMPRODUCT(MAX({solid}*(LEN({cell})+1-{places})))");
        let end = format!("SUMPRODUCT(MAX({solid}*{places}))");
        format!(
            "IF(ISBLANK({cell}),\"\",IF(ISTEXT({cell}),IF({cell}=\"\",\"\",IF(OR(ISNUMBER(FIND(LEFT({cell},1),{blanks})),\
             ISNUMBER(FIND(RIGHT({cell},1),{blanks}))),MID({cell},{start},MAX(0,{end}-({start})+1)),{cell})),{cell}))"
        )
    }

    /// A cell as text, blanks included: numbers the shortest way, booleans as `true` and `false`.
    pub(super) fn text(cell: &str) -> String {
        format!(
            "IF(ISTEXT({cell}),{cell},IF(ISLOGICAL({cell}),IF({cell},\"true\",\"false\"),IF(ISNUMBER({cell}),\
             IF({cell}=INT({cell}),TEXT({cell},\"0\"),SUBSTITUTE({cell}&\"\",\",\",\".\")),\"\")))"
        )
    }

    /// A trimmed cell as a number.
    pub(super) fn number(&self, trimmed: &str) -> String {
        let lower = format!("LOWER({trimmed})");
        let mut form = nines(&lower);
        // Each halves the runs of digits: enough for 128 of them.
        for _ in 0..7 {
            form = format!("SUBSTITUTE({form},\"99\",\"9\")");
        }
        let known = is_one_of(&form, &self.number_forms);
        let largest = &self.largest;
        let word = self.numbers.code_of(&lower, 0);
        format!(
            "IF(ISNUMBER({trimmed}),{trimmed},IF(ISLOGICAL({trimmed}),\"?\",IF({trimmed}=\"\",\"\",IF({known},\
             IFERROR(_xlfn.NUMBERVALUE({trimmed},\".\",\",\"),IF(ISNUMBER(FIND(\"e-\",{lower})),0,\
             IF(LEFT({trimmed},1)=\"-\",-{largest},{largest}))),CHOOSE(1+{word},\"?\",{largest},-{largest},\"\")))))"
        )
    }

    /// A trimmed cell as 1 for yes or 2 for no.
    pub(super) fn boolean(&self, trimmed: &str) -> String {
        let word = self.booleans.code_of(&format!("LOWER({trimmed}&\"\")"), 0);
        format!("IF(ISLOGICAL({trimmed}),IF({trimmed},1,2),IF({trimmed}=\"\",\"\",CHOOSE(1+{word},\"?\",1,2)))")
    }

    /// A trimmed cell as a day, the number 20240301 for 2024-03-01. A date cell is a day.
    pub(super) fn day(trimmed: &str) -> String {
        let t = trimmed;
        let form = nines(&format!("LEFT({t},10)"));
        let [year, month, day] =
            [(1, 4), (6, 2), (9, 2)].map(|(start, digits)| format!("VALUE(MID({t},{start},{digits}))"));
        let leap = format!("IF(OR(AND(MOD({year},4)=0,MOD({year},100)<>0),MOD({year},400)=0),29,28)");
        let last = format!("CHOOSE({month},31,{leap},31,30,31,30,31,31,30,31,30,31)");
        format!(
            "IF({t}=\"\",\"\",IFERROR(IF(ISNUMBER({t}),YEAR({t})*10000+MONTH({t})*100+DAY({t}),\
             IF(AND(EXACT({form},\"9999-99-99\"),OR(LEN({t})=10,EXACT(MID({t},11,1),\"T\"),MID({t},11,1)=\" \")),\
             IF(AND({year}>=1,{day}>=1,{day}<={last}),VALUE(SUBSTITUTE(LEFT({t},10),\"-\",\"\")),\"?\"),\"?\")),\"?\"))"
        )
    }
}

/// Formula for the places 1, 2, … of a text's characters.
pub(super) fn places(text: &str) -> String {
    format!("ROW(Rules!$A$1:INDEX(Rules!$A:$A,LEN({text})))")
}

/// Lower case as leadcal has it: two capitals that spreadsheets leave are named here.
pub(super) fn lower(text: &str) -> String {
    format!(
        "SUBSTITUTE(SUBSTITUTE(LOWER({text}),_xlfn.UNICHAR(304),\"i\"&_xlfn.UNICHAR(775)),_xlfn.UNICHAR(8490),\"k\")"
    )
}

/// All digits as 9.
fn nines(text: &str) -> String {
    (0..9).fold(text.to_owned(), |text, digit| format!("SUBSTITUTE({text},{digit},9)"))
}

/// Formulas for a moment of time, each from those before it.
pub(super) mod time {
    use super::{DAY, EPOCH, nines};

    /// What follows the hours, minutes and seconds: `Z`, `+01:00`, or nothing.
    pub(in super::super) fn zone(trimmed: &str) -> String {
        let clock = format!("MID({trimmed},12,60)");
        format!(
            "IF(ISNUMBER({trimmed}),\"\",IF(UPPER(RIGHT({clock},1))=\"Z\",\"Z\",\
             MID({clock},IFERROR(FIND(\"+\",{clock}),IFERROR(FIND(\"-\",{clock}),61)),20)))"
        )
    }

    /// Hours, minutes and seconds, without the zone.
    pub(in super::super) fn clock(trimmed: &str, zone: &str) -> String {
        format!("IF(ISNUMBER({trimmed}),\"\",MID({trimmed},12,MAX(0,LEN({trimmed})-11-LEN({zone}))))")
    }

    /// Microseconds since midnight UTC of the day written, below 0 and above a day where the zone says so.
    pub(in super::super) fn since_midnight(trimmed: &str, zone: &str, clock: &str) -> String {
        let [forms, zone_form] = [clock, zone].map(nines);
        let fraction = format!(
            "AND(OR(MID({clock},9,1)=\".\",MID({clock},9,1)=\",\"),LEN({clock})>9,LEN({clock})<19,\
             EXACT(MID({forms},10,9),REPT(\"9\",MAX(0,LEN({clock})-9))))"
        );
        let known = format!(
            "AND(EXACT(LEFT({forms},5),\"99:99\"),OR(LEN({clock})=5,AND(EXACT(MID({forms},6,3),\":99\"),\
             OR(LEN({clock})=8,{fraction}))),VALUE(LEFT({clock},2))<24,VALUE(MID({clock},4,2))<60,\
             VALUE(0&MID({clock},7,2))<60)"
        );
        let seconds = format!(
            "(VALUE(LEFT({clock},2))*3600+VALUE(MID({clock},4,2))*60+VALUE(0&MID({clock},7,2)))*1000000\
             +VALUE(LEFT(MID({clock},10,6)&\"000000\",6))"
        );
        let zone_known = format!(
            "OR({zone}=\"\",{zone}=\"Z\",EXACT(MID({zone_form},2,9),\"99:99\"),EXACT(MID({zone_form},2,9),\"9999\"),\
             EXACT(MID({zone_form},2,9),\"99\"))"
        );
        let away = format!(
            "IF(OR({zone}=\"\",{zone}=\"Z\"),0,IF(LEFT({zone},1)=\"-\",-1,1)*(VALUE(MID({zone},2,2))*3600\
             +VALUE(RIGHT(0&SUBSTITUTE(MID({zone},4,9),\":\",\"\"),2))*60)*1000000)"
        );
        format!(
            "IF(ISNUMBER({trimmed}),ROUND(({trimmed}-INT({trimmed}))*{DAY},0),IF(LEN({trimmed})<=10,0,\
             IFERROR(IF(AND({known},{zone_known}),{seconds}-{away},\"?\"),\"?\")))"
        )
    }

    /// Days since 1970-01-01, UTC. `key` is the day as a number such as 20240301.
    pub(in super::super) fn day(trimmed: &str, key: &str, since_midnight: &str) -> String {
        let month = format!("INT(MOD({key},10000)/100)");
        let year = format!("(INT({key}/10000)-({month}<3))");
        format!(
            "IF({trimmed}=\"\",\"\",IF(ISNUMBER({trimmed}),INT({trimmed})-{EPOCH}+INT({since_midnight}/{DAY}),IF(OR({key}=\"?\",{since_midnight}=\"?\"),\
             \"?\",365*{year}+INT({year}/4)-INT({year}/100)+INT({year}/400)\
             +INT((153*({month}+IF({month}>2,-3,9))+2)/5)+MOD({key},100)-719469+INT({since_midnight}/{DAY}))))"
        )
    }

    /// Microseconds since that day's midnight.
    pub(in super::super) fn micro(day: &str, since_midnight: &str) -> String {
        format!("IF(ISNUMBER({day}),{since_midnight}-{DAY}*INT({since_midnight}/{DAY}),\"\")")
    }
}
