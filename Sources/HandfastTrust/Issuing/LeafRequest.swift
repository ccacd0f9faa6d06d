package import HandfastCore
import HandfastWire

/// What a development certificate shall say. The defaults make a certificate that passes; every field can be bent to make one
/// that fails.
package struct LeafRequest: Sendable {
  /// What the certificate may be used for; empty: the extendedKeyUsage extension is left out.
  package struct Purpose: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }

    package static let serverAuth = Self(rawValue: 1)
    package static let clientAuth = Self(rawValue: 2)
  }

  /// Who signs it.
  package enum Signer: Sendable {
    /// The chain is leaf and intermediate.
    case intermediate
    /// The chain is the leaf.
    case root
    /// Its own key; the chain is the leaf.
    case selfSigned
  }

  /// Nil: the subject is empty, and the names are critical (RFC 5280 §4.2.1.6).
  package var commonName: String?
  /// "DNS:a.example", "IP:127.0.0.1", "URI:spiffe://example/a", "email:a@example.com".
  package var names: [String]
  package var purpose: Purpose
  package var keyKind: KeyKind = .ecdsa(.secp256r1)
  /// Seconds after the PKI's `now`; may be negative.
  package var notBefore: Int64 = -3600
  package var notAfter: Int64 = 30 * 86_400
  /// As in `CertificateDescription`. Nil: what the key can do in TLS 1.2; empty: the extension is left out.
  package var keyUsage: [String]?
  package var isExtendedKeyUsageCritical = false
  package var isCA = false
  package var signer = Signer.intermediate
  /// Whether the intermediate follows the leaf in the chain.
  package var sendsIntermediate = true
  /// Dotted OIDs of critical extensions that nobody knows.
  package var unknownCriticalExtensions: [String] = []
  /// Big-endian, without sign; nil: a random one.
  package var serialNumber: [UInt8]?
  /// Demands a stapled OCSP response (RFC 7633).
  package var mustStaple = false

  package init(commonName: String? = nil, names: [String] = [], purpose: Purpose) {
    self.commonName = commonName
    self.names = names
    self.purpose = purpose
  }

  /// A server's certificate for these DNS names and IP addresses.
  package static func server(_ names: String..., keyKind: KeyKind = .ecdsa(.secp256r1)) -> Self {
    let kinds = names.map { ServerReference.parseIPv4($0) ?? ServerReference.parseIPv6($0) == nil ? "DNS" : "IP" }
    var request = Self(
      commonName: names.first, names: zip(kinds, names).map { "\($0):\($1)" }, purpose: .serverAuth)
    request.keyKind = keyKind
    return request
  }

  /// A client's certificate with this common name, and with a SPIFFE ID if the name can stand in one.
  package static func client(_ name: String, keyKind: KeyKind = .ecdsa(.secp256r1)) -> Self {
    let uri = "spiffe://handfast.example/client/\(name)"
    let isSPIFFE = (try? SPIFFEID(uri)) != nil
    var request = Self(commonName: name, names: isSPIFFE ? ["URI:\(uri)"] : [], purpose: .clientAuth)
    request.keyKind = keyKind
    return request
  }
}

/// A development certificate that cannot be made.
package enum IssuingError: Error, Hashable, Sendable {
  case unsupportedKey(KeyKind)
  /// Not "DNS:", "IP:", "URI:" or "email:" and a value.
  case unreadableName(String)
  case unknownKeyUsage(String)
  /// There is no CERTIFICATE block.
  case noCertificate
  /// The key is not the authority's, or cannot sign.
  case otherKey
  /// A certificate that this authority has not issued cannot be revoked by it.
  case notIssuedHere(subject: String, authority: String)
  /// A list that this authority has not signed cannot be continued by it.
  case otherList(authority: String)
}

extension IssuingError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unsupportedKey(let kind): "keys of kind \(kind) are not made here"
    case .unreadableName(let text): "'\(text)' is no name of kind DNS, IP, URI or email"
    case .unknownKeyUsage(let text): "there is no key usage '\(text)'"
    case .noCertificate: "there is no certificate in it"
    case .otherKey: "the key is not the authority's, or cannot sign"
    case .notIssuedHere(let subject, let authority): "\(subject) was not issued by \(authority), which cannot revoke it"
    case .otherList(let authority): "it is no revocation list of \(authority)"
    }
  }
}
