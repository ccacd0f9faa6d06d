import ArgumentParser
package import Handfast

/// A group by its registered name, or by NIST's for its curves.
package struct GroupArgument: ExpressibleByArgument, Sendable {
  package let group: NamedGroup

  package init?(argument: String) {
    switch argument.lowercased() {
    case "x25519": group = .x25519
    case "secp256r1", "p-256", "p256": group = .secp256r1
    case "secp384r1", "p-384", "p384": group = .secp384r1
    case "secp521r1", "p-521", "p521": group = .secp521r1
    case "x25519mlkem768": group = .x25519MLKEM768
    case "secp256r1mlkem768", "p-256mlkem768": group = .secp256r1MLKEM768
    default: return nil
    }
  }

  package var defaultValueDescription: String { group.description }
  package static var allValueStrings: [String] {
    ["X25519MLKEM768", "SecP256r1MLKEM768", "x25519", "P-256", "P-384", "P-521"]
  }
}
