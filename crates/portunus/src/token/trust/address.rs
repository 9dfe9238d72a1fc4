use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::refusal::{Refusal, RefusalKind};

/// Who can be reached under an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AddressClass {
    /// Anybody on the internet.
    Public,
    /// This machine, or the network it stands in.
    Private,
    /// The link, or the metadata service of a cloud: hands out secrets to whoever asks.
    LinkLocal,
}

/// Metadata services outside of the link-local ranges: Alibaba, Azure, Oracle, Google over IPv6.
const METADATA: [IpAddr; 4] = [
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
];

impl AddressClass {
    /// The class of an address. IPv4 inside IPv6 counts as IPv4.
    pub fn of(address: IpAddr) -> Self {
        let address = address.to_canonical();
        if METADATA.contains(&address) {
            return Self::LinkLocal;
        }
        match address {
            IpAddr::V4(address) => Self::of_v4(address),
            IpAddr::V6(address) => match find_embedded(address) {
                Some(embedded) => Self::of(embedded.into()),
                None => Self::of_v6(address),
            },
        }
    }

    fn of_v6(address: Ipv6Addr) -> Self {
        let is_of_aws = address.segments().starts_with(&[0xfd00, 0xec2]);
        let was_site_local = address.segments()[0] & 0xffc0 == 0xfec0;
        if address.is_unicast_link_local() || is_of_aws {
            Self::LinkLocal
        } else if address.is_loopback()
            || address.is_unspecified()
            || address.is_unique_local()
            || address.is_multicast()
            || was_site_local
        {
            Self::Private
        } else {
            Self::Public
        }
    }

    fn of_v4(address: Ipv4Addr) -> Self {
        let [a, b, ..] = address.octets();
        let shared = a == 100 && (64..128).contains(&b);
        let benchmark = a == 198 && (18..20).contains(&b);
        // Multicast, what is reserved, the broadcast.
        let is_of_nobody = a == 0 || a >= 224;
        let is_local = address.is_private() || address.is_loopback();
        if address.is_link_local() {
            Self::LinkLocal
        } else if is_local || is_of_nobody || shared || benchmark {
            Self::Private
        } else {
            Self::Public
        }
    }
}

/// Whether a registry may send us to `target`, as a realm or by a redirect: never to a
/// link-local or metadata address, and to a private one only from a registry that is not public.
///
/// # Errors
/// Where it may not.
pub fn refuse_target(registry: AddressClass, target: IpAddr) -> Result<(), Refusal> {
    let refused = |what| {
        let message = format!("the registry names {target}, {what}");
        Err(Refusal::new(RefusalKind::Address, message))
    };
    match (AddressClass::of(target), registry) {
        (AddressClass::LinkLocal, _) => refused("a link-local or metadata address"),
        (AddressClass::Private, AddressClass::Public) => {
            refused("a private address, and is itself public")
        }
        _ => Ok(()),
    }
}

/// The IPv4 address that is reached by an address of NAT64 (RFC 6052, RFC 8215), 6to4 (RFC 3056),
/// Teredo (RFC 4380), ISATAP (RFC 5214), or a translated or compatible one (RFC 2765, RFC 4291).
fn find_embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let octets = address.octets();
    let four =
        |at: usize| Ipv4Addr::new(octets[at], octets[at + 1], octets[at + 2], octets[at + 3]);
    match address.segments() {
        // No address of its own, and this machine.
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        [0x64, 0xff9b, 0 | 1, ..] | [0, 0, 0, 0, 0 | 0xffff, 0, ..] => Some(four(12)),
        [0x2002, ..] => Some(four(2)),
        // It stands there inverted.
        [0x2001, 0, ..] => Some(Ipv4Addr::from_bits(!four(12).to_bits())),
        [_, _, _, _, 0 | 0x200, 0x5efe, ..] => Some(four(12)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_apart_in_every_disguise() {
        use AddressClass::{LinkLocal, Private, Public};
        for (address, class) in [
            ("169.254.169.254", LinkLocal),
            ("::ffff:169.254.169.254", LinkLocal),
            ("64:ff9b::a9fe:a9fe", LinkLocal),
            ("2002:a9fe:a9fe::", LinkLocal),
            ("::169.254.169.254", LinkLocal),
            ("::ffff:0:169.254.169.254", LinkLocal),
            ("64:ff9b:1::169.254.169.254", LinkLocal),
            ("2001:0:4136:e378:8000:63bf:5601:5601", LinkLocal),
            ("2606:2800::5efe:a9fe:a9fe", LinkLocal),
            ("2606:2800::200:5efe:169.254.169.254", LinkLocal),
            ("64:ff9b::6464:64c8", LinkLocal),
            ("fe80::1", LinkLocal),
            ("fd00:ec2::254", LinkLocal),
            ("fd00:ec2::23", LinkLocal),
            ("fd20:ce::254", LinkLocal),
            ("100.100.100.200", LinkLocal),
            ("127.0.0.1", Private),
            ("0.0.0.0", Private),
            ("10.1.2.3", Private),
            ("100.64.0.1", Private),
            ("198.18.0.1", Private),
            ("224.0.0.1", Private),
            ("255.255.255.255", Private),
            ("fd12::1", Private),
            ("fec0::1", Private),
            ("ff02::1", Private),
            ("::1", Private),
            ("::127.0.0.1", Private),
            ("::10.0.0.1", Private),
            ("64:ff9b::a00:1", Private),
            ("2002:7f00:1::1", Private),
            ("93.184.216.34", Public),
            ("64:ff9b::5db8:d822", Public),
            ("198.20.0.1", Public),
            ("2606:2800::1", Public),
        ] {
            assert_eq!(
                AddressClass::of(address.parse().unwrap()),
                class,
                "{address}"
            );
        }
    }

    #[test]
    fn a_private_target_is_refused_only_from_a_public_registry() {
        let private = "10.0.0.1".parse().unwrap();
        assert!(refuse_target(AddressClass::Private, private).is_ok());
        assert!(refuse_target(AddressClass::Public, private).is_err());
        let metadata = "169.254.169.254".parse().unwrap();
        assert!(refuse_target(AddressClass::Private, metadata).is_err());
    }
}
