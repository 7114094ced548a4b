//! The stock of personal names by country, and how people type them into forms. Every name is made up by combining a
//! common first name with a common last name.

use super::draw::Draw;

/// How one country names and dials.
pub(crate) struct Locale {
    pub(crate) country: &'static str,
    /// Share of the leads, relative to the others.
    pub(crate) weight: u32,
    /// Telephone numbers set aside for fiction (or an unassigned block): the start, and how many digits follow.
    pub(crate) phone: (&'static str, u32),
    /// Free-mail domains in use there.
    pub(crate) free_mail: &'static [&'static str],
    /// First and last names, comma-separated; `native=latin` where the script is not Latin.
    pub(crate) first: &'static str,
    pub(crate) last: &'static str,
}

/// A person, as typed into the form and as used in an e-mail address.
pub(crate) struct Person {
    pub(crate) first: String,
    pub(crate) last: String,
    /// Lower-case ASCII, for e-mail addresses.
    pub(crate) latin_first: String,
    pub(crate) latin_last: String,
}

/// What people type who do not want to give a name: neighbouring keys of an AZERTY, QWERTY or QWERTZ keyboard.
pub(crate) const KEYBOARD_RUNS: &[&str] = &[
    "asdf", "asdfgh", "qsdf", "qsdfgh", "azerty", "azer", "qwerty", "qwer", "qwertz", "yxcv", "hjkl", "poiu", "lkjh",
    "fdsa", "wxcvbn", "zxcvbn", "Asdf", "Qwertz", "Azerty", "dfgh",
];

const ENGLISH_FIRST: &str = "\
    James, Mary, Robert, Linda, Michael, Susan, David, Karen, Daniel, Emma, Olivia, Noah, Grace, Samuel, Hannah, \
    Oliver, Chloe, Ethan, Amelia, Jack, Aisha, Kwame, Siobhán, Zoë";
const ENGLISH_LAST: &str = "\
    Smith, Johnson, Brown, Taylor, Wilson, O'Connor, Davies, Evans, Walker, Wright, Thompson, Hughes, Clarke, \
    McDonald, Baker, Campbell, Morgan, Okafor, Singh, Foster, Harris-Cole, Reid";
const GERMAN_FIRST: &str = "\
    Jürgen, Anna, Lukas, Sabine, Thomas, Katrin, Björn, Lena, Felix, Ulrike, Jörg, Miriam, Matthias, Anke, Tobias, \
    Käthe, Stefan, Claudia, Emre, Svetlana";
const GERMAN_LAST: &str = "\
    Müller, Schmidt, Schneider, Weiß, Fischer, Weber, Köhler, Wagner, Becker, Groß, Hoffmann, von Arnim, Schäfer, \
    Koch, Bauer, Yılmaz, Krüger, Hartmann, Lange, Jäger";
const FRENCH_FIRST: &str = "\
    Jean, Marie, Élodie, François, Camille, Théo, Chloé, Hélène, Antoine, Léa, Mathieu, Anaïs, Benoît, Sophie, \
    Raphaël, Inès, Mehdi, Fatou";
const FRENCH_LAST: &str = "\
    Martin, Bernard, Dubois, Lefèvre, Moreau, Garnier, Faure, Rousseau, d'Aubigny, Lemoine, Girard, Béranger, \
    Chevalier, Benali, Diallo, Gauthier, Perrin, de La Tour";
const SPANISH_FIRST: &str = "\
    María, José, Lucía, Andrés, Sofía, Íñigo, Carmen, Javier, Begoña, Diego, Ximena, Raúl, Valentina, Álvaro, \
    Noelia, Joaquín";
const SPANISH_LAST: &str = "\
    García, Fernández, Núñez, Martínez, Ibáñez, Sánchez, Romero, Gutiérrez, Peña, Ortega, Castillo, Vázquez, \
    Domínguez, Cano, Rojas, de la Cruz";
const ITALIAN_FIRST: &str =
    "Giulia, Marco, Francesca, Luca, Chiara, Niccolò, Elisa, Matteo, Alessia, Davide, Noemi, Stefano";
const ITALIAN_LAST: &str =
    "Rossi, Bianchi, Esposito, Ricci, Conti, D'Angelo, Ferrari, Gallo, Nicolò, Marchetti, Serra, Vitale";
const POLISH_FIRST: &str =
    "Agnieszka, Paweł, Łukasz, Zofia, Krzysztof, Małgorzata, Jakub, Wiesława, Michał, Bożena, Stanisław, Ola";
const POLISH_LAST: &str =
    "Nowak, Kowalska, Wiśniewski, Wójcik, Kamińska, Lewandowski, Zając, Szymański, Dąbrowska, Król, Górska, Piątek";
const NORDIC_FIRST: &str = "Åsa, Björn, Freja, Søren, Linnéa, Gustav, Ingrid, Øyvind, Astrid, Håkan, Elsa, Nils";
const NORDIC_LAST: &str =
    "Andersson, Lindström, Sjöberg, Nyström, Bergqvist, Jørgensen, Åkesson, Holm, Dahl, Öberg, Strand, Nilsson";
const DUTCH_FIRST: &str = "Daan, Sanne, Bram, Femke, Joris, Maaike, Ruben, Lotte, Thijs, Anouk, Zoë, Pieter";
const DUTCH_LAST: &str =
    "de Vries, Jansen, van den Berg, Bakker, Visser, Smit, Meijer, de Boer, Mulder, van Dijk, Hendriks, Çelik";
const BRAZIL_FIRST: &str =
    "João, Ana, Lívia, Thiago, Beatriz, Caio, Letícia, Rafael, Conceição, Vinícius, Luiza, Renato";
const BRAZIL_LAST: &str =
    "Silva, Souza, Araújo, Gonçalves, Oliveira, Mendonça, Ribeiro, Assunção, Barbosa, Teixeira, Moura, dos Santos";
const INDIA_FIRST: &str =
    "Priya, Rahul, Ananya, Arjun, Kavya, Vikram, Meera, Sanjay, आरव=Aarav, दीपिका=Deepika, राहुल=Rahul, Ishaan";
const INDIA_LAST: &str =
    "Sharma, Patel, Iyer, Reddy, Banerjee, Nair, Gupta, शर्मा=Sharma, वर्मा=Verma, Kulkarni, Chaudhary, Menon";
const JAPAN_FIRST: &str =
    "健太=Kenta, 美咲=Misaki, 翔=Sho, 陽子=Yoko, 大輔=Daisuke, さくら=Sakura, Haruto, Yui, Kenji, Naomi";
const JAPAN_LAST: &str =
    "佐藤=Sato, 鈴木=Suzuki, 高橋=Takahashi, 田中=Tanaka, 伊藤=Ito, 山本=Yamamoto, Nakamura, Kobayashi, Kato, Yoshida";
const ARABIC_FIRST: &str =
    "محمد=Mohammed, فاطمة=Fatima, أحمد=Ahmed, مريم=Maryam, Omar, Layla, Youssef, Noor, خالد=Khalid, Salma";
const ARABIC_LAST: &str =
    "الهاشمي=Alhashimi, حداد=Haddad, منصور=Mansour, Khoury, Al-Farsi, Nasser, سليمان=Suleiman, Aziz, Rahman, Saleh";

const WORLD_MAIL: &[&str] = &["gmail.com", "gmail.com", "gmail.com", "outlook.com", "hotmail.com", "yahoo.com"];

/// Every country leads come from.
pub(crate) const LOCALES: &[Locale] = &[
    Locale {
        country: "United States",
        weight: 28,
        phone: ("+1 555 010 ", 4),
        free_mail: &["gmail.com", "gmail.com", "yahoo.com", "outlook.com", "icloud.com", "aol.com"],
        first: ENGLISH_FIRST,
        last: ENGLISH_LAST,
    },
    Locale {
        country: "United Kingdom",
        weight: 13,
        phone: ("+44 7700 900", 3),
        free_mail: &["gmail.com", "outlook.com", "hotmail.com", "icloud.com"],
        first: ENGLISH_FIRST,
        last: ENGLISH_LAST,
    },
    Locale {
        country: "Germany",
        weight: 13,
        phone: ("+49 30 23125 ", 3),
        free_mail: &["gmx.de", "web.de", "gmail.com", "t-online.de"],
        first: GERMAN_FIRST,
        last: GERMAN_LAST,
    },
    Locale {
        country: "France",
        weight: 11,
        phone: ("+33 1 99 00 ", 4),
        free_mail: &["orange.fr", "free.fr", "laposte.net", "gmail.com", "wanadoo.fr"],
        first: FRENCH_FIRST,
        last: FRENCH_LAST,
    },
    Locale {
        country: "Spain",
        weight: 5,
        phone: ("+34 900 00 00 ", 3),
        free_mail: WORLD_MAIL,
        first: SPANISH_FIRST,
        last: SPANISH_LAST,
    },
    Locale {
        country: "Mexico",
        weight: 3,
        phone: ("+52 55 0000 ", 4),
        free_mail: WORLD_MAIL,
        first: SPANISH_FIRST,
        last: SPANISH_LAST,
    },
    Locale {
        country: "Italy",
        weight: 4,
        phone: ("+39 000 000 ", 4),
        free_mail: &["libero.it", "gmail.com", "hotmail.com"],
        first: ITALIAN_FIRST,
        last: ITALIAN_LAST,
    },
    Locale {
        country: "Poland",
        weight: 4,
        phone: ("+48 00 000 ", 4),
        free_mail: &["wp.pl", "gmail.com", "onet.pl"],
        first: POLISH_FIRST,
        last: POLISH_LAST,
    },
    Locale {
        country: "Sweden",
        weight: 3,
        phone: ("+46 70 174 06 ", 2),
        free_mail: WORLD_MAIL,
        first: NORDIC_FIRST,
        last: NORDIC_LAST,
    },
    Locale {
        country: "Netherlands",
        weight: 4,
        phone: ("+31 85 000 ", 4),
        free_mail: WORLD_MAIL,
        first: DUTCH_FIRST,
        last: DUTCH_LAST,
    },
    Locale {
        country: "Brazil",
        weight: 4,
        phone: ("+55 11 0000 ", 4),
        free_mail: &["gmail.com", "hotmail.com", "uol.com.br"],
        first: BRAZIL_FIRST,
        last: BRAZIL_LAST,
    },
    Locale {
        country: "India",
        weight: 5,
        phone: ("+91 00000 ", 5),
        free_mail: &["gmail.com", "gmail.com", "yahoo.co.in", "outlook.com"],
        first: INDIA_FIRST,
        last: INDIA_LAST,
    },
    Locale {
        country: "Japan",
        weight: 2,
        phone: ("+81 3 0000 ", 4),
        free_mail: &["gmail.com", "yahoo.co.jp"],
        first: JAPAN_FIRST,
        last: JAPAN_LAST,
    },
    Locale {
        country: "United Arab Emirates",
        weight: 1,
        phone: ("+971 4 000 ", 4),
        free_mail: WORLD_MAIL,
        first: ARABIC_FIRST,
        last: ARABIC_LAST,
    },
];

impl Locale {
    /// A person of this country, in the spelling of a careful writer.
    pub(crate) fn person(&self, draw: &mut Draw) -> Person {
        let (first, latin_first) = spellings(draw.pick(&stock(self.first)));
        let (last, latin_last) = spellings(draw.pick(&stock(self.last)));
        Person { first, last, latin_first, latin_last }
    }

    /// A telephone number of the fictional block.
    pub(crate) fn phone_number(&self, draw: &mut Draw) -> String {
        let (start, digits) = self.phone;
        let number = draw.between(0, 10_i64.pow(digits) - 1);
        format!("{start}{number:0width$}", width = digits as usize)
    }
}

impl Person {
    /// Someone who ran a finger along the keyboard, in the last name as well half of the time.
    pub(crate) fn keyboard_run(real: Self, draw: &mut Draw) -> Self {
        let first = draw.pick(KEYBOARD_RUNS).to_owned();
        let last = if draw.chance(0.5) { draw.pick(KEYBOARD_RUNS).to_owned() } else { real.last };
        let (latin_first, latin_last) = (ascii(&first), ascii(&last));
        Self { first, last, latin_first, latin_last }
    }

    /// The same name without capitals. Scripts without case stay as they are.
    #[must_use]
    pub(crate) fn lower_case(self) -> Self {
        Self { first: self.first.to_lowercase(), last: self.last.to_lowercase(), ..self }
    }

    /// The same name in capitals.
    #[must_use]
    pub(crate) fn upper_case(self) -> Self {
        Self { first: self.first.to_uppercase(), last: self.last.to_uppercase(), ..self }
    }
}

/// The entries of a stock of names.
pub(crate) fn stock(names: &str) -> Vec<&str> {
    names.split(", ").collect()
}

/// A stock entry as written, and as it appears in an e-mail address.
fn spellings(entry: &str) -> (String, String) {
    let (native, latin) = entry.split_once('=').unwrap_or((entry, entry));
    (native.to_owned(), ascii(latin))
}

/// Lower-case ASCII letters and hyphens of a Latin name.
pub(crate) fn ascii(name: &str) -> String {
    let mut out = String::new();
    for letter in name.to_lowercase().chars() {
        match letter {
            'a'..='z' | '0'..='9' | '-' => out.push(letter),
            'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' | 'ą' => out.push('a'),
            'é' | 'è' | 'ê' | 'ë' | 'ę' => out.push('e'),
            'í' | 'ì' | 'î' | 'ï' | 'ı' => out.push('i'),
            'ó' | 'ò' | 'ô' | 'õ' | 'ö' | 'ø' => out.push('o'),
            'ú' | 'ù' | 'û' | 'ü' => out.push('u'),
            'ç' | 'ć' => out.push('c'),
            'ñ' | 'ń' => out.push('n'),
            'ś' => out.push('s'),
            'ż' | 'ź' => out.push('z'),
            'ł' => out.push('l'),
            'ß' => out.push_str("ss"),
            _ => {}
        }
    }
    out
}
