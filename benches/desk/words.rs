//! Words and chance for mails that are made.

/// Words of the trade, some of them with accents.
const WORDS: &[&str] = &[
    "Buenas",
    "tardes",
    "señores",
    "de",
    "soporte",
    "técnico",
    "la",
    "impresora",
    "del",
    "piso",
    "no",
    "imprime",
    "desde",
    "ayer",
    "necesito",
    "que",
    "alguien",
    "venga",
    "a",
    "revisar",
    "mañana",
    "código",
    "atención",
    "gracias",
    "el",
    "sistema",
    "muestra",
    "un",
    "error",
    "cuando",
    "intento",
    "guardar",
    "expediente",
    "usuario",
    "contraseña",
];

/// Chance that can be repeated: Knuth's MMIX generator.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }

    pub(crate) fn words(&mut self, octets: usize) -> String {
        let mut text = String::with_capacity(octets + 16);
        let mut line = 0;
        while text.len() < octets {
            let word = WORDS.get(self.below(WORDS.len())).unwrap_or(&"");
            text.push_str(word);
            line += word.len() + 1;
            if line > 68 {
                text.push('\n');
                line = 0;
            } else {
                text.push(' ');
            }
        }
        text
    }
}
