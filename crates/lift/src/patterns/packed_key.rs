//! Level codes packed into one integer, mixed radix: the first attribute is the most significant digit, so keys sort
//! as their codes do. The integer widens with the product of the level counts: 64 bits, 128 bits, then one digit a word.

use std::hash::Hash;

/// A pattern's codes as something to group by.
pub(super) trait PackedKey: Hash + Eq + Ord + Send + Sized {
    fn pack(codes: impl Iterator<Item = u32>, radices: &[u32]) -> Self;
    fn unpack(&self, radices: &[u32], codes: &mut Vec<u32>);
}

/// Whether every key of these radices fits below a power of two.
pub(super) fn fits(radices: &[u32], bits: u32) -> bool {
    let mut product: u128 = 1;
    for &radix in radices {
        match product.checked_mul(u128::from(radix.max(1))) {
            Some(next) => product = next,
            None => return false,
        }
    }
    bits == 128 || product <= 1 << bits
}

macro_rules! packed_integer {
    ($integer:ty) => {
        impl PackedKey for $integer {
            fn pack(codes: impl Iterator<Item = u32>, radices: &[u32]) -> Self {
                codes.zip(radices).fold(0, |key, (code, &radix)| key * Self::from(radix) + Self::from(code))
            }

            fn unpack(&self, radices: &[u32], codes: &mut Vec<u32>) {
                let start = codes.len();
                let mut key = *self;
                for &radix in radices.iter().rev() {
                    codes.push(u32::try_from(key % Self::from(radix)).expect("a digit is below its radix"));
                    key /= Self::from(radix);
                }
                codes[start..].reverse();
            }
        }
    };
}

packed_integer!(u64);
packed_integer!(u128);

impl PackedKey for Box<[u32]> {
    fn pack(codes: impl Iterator<Item = u32>, _: &[u32]) -> Self {
        codes.collect()
    }

    fn unpack(&self, _: &[u32], codes: &mut Vec<u32>) {
        codes.extend_from_slice(self);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<K: PackedKey + std::fmt::Debug>(radices: &[u32]) {
        let largest: Vec<u32> = radices.iter().map(|radix| radix - 1).collect();
        let smaller: Vec<u32> = radices.iter().map(|radix| (radix - 1) / 2).collect();
        for codes in [&largest, &smaller] {
            let mut unpacked = vec![7];
            K::pack(codes.iter().copied(), radices).unpack(radices, &mut unpacked);
            assert_eq!(&unpacked[1..], codes.as_slice());
        }
        let key = |codes: &[u32]| K::pack(codes.iter().copied(), radices);
        assert!(key(&smaller) <= key(&largest));
    }

    #[test]
    fn packs_and_unpacks_up_to_the_widest() {
        check::<u64>(&[3, 1, 7]);
        check::<u64>(&[1 << 31, 1 << 31, 4]);
        check::<u128>(&[12; 35]);
        check::<Box<[u32]>>(&[12; 60]);
    }

    #[test]
    fn knows_what_fits() {
        assert!(fits(&[1 << 31, 1 << 31, 4], 64));
        assert!(!fits(&[1 << 31, 1 << 31, 5], 64));
        assert!(fits(&[12; 35], 128));
        assert!(!fits(&[12; 36], 128));
    }
}
