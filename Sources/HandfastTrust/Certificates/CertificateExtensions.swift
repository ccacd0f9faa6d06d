import HandfastCore
import SwiftASN1
import X509

/// The extensions that matter to TLS. One that cannot be read is listed in `malformed`, and what it would have said is missing.
struct CertificateExtensions: Sendable {
  private(set) var isCA = false
  /// Whether there is a basicConstraints extension at all.
  private(set) var hasBasicConstraints = false
  private(set) var pathLength: Int?
  private(set) var keyUsage: [String]?
  private(set) var extendedKeyUsage: [String]?
  private(set) var names: [GeneralName]?
  private(set) var nameConstraints: NameConstraints?
  private(set) var subjectKeyIdentifier: [UInt8]?
  private(set) var authorityKeyIdentifier: [UInt8]?
  /// TLS extensions that the server must answer (RFC 7633); 5, status_request, makes "must-staple".
  private(set) var tlsFeatures: [Int] = []
  /// Those marked critical, understood or not.
  private(set) var critical: [String] = []
  /// Whether one of them is left to whoever searches for paths, if only to refuse it.
  private(set) var hasUnenforcedCritical = false
  /// Critical ones that nobody here understands, as dotted OIDs or names.
  private(set) var unknownCritical: [String] = []
  /// "subjectAltName: ...".
  private(set) var malformed: [String] = []

  /// From where they stand in a tbsCertificate, if they do. Throws when an extension stands twice (RFC 5280 §4.2). `takesPlain` is
  /// false in tests that hold the two ways to read them against each other.
  init(_ fields: inout DERWalker, takesPlain: Bool = true) throws {
    guard fields.tag == DERTag.explicit3 else { return }
    var outer = try fields.enter(DERTag.explicit3)
    var list = try outer.enter(DERTag.sequence)
    try outer.finish()
    var seen = SeenIdentifiers()
    while list.tag != nil {
      let item = try ExtensionElement(&list)
      guard seen.insert(item.identifier) else {
        throw ASN1Error.invalidASN1Object(reason: "extension \(Self.name(try item.oid)) stands twice")
      }
      if takesPlain, let plain = PlainExtension(item) {
        take(plain, isCritical: item.isCritical)
      } else {
        try read(item)
      }
    }
  }

  private mutating func take(_ item: PlainExtension, isCritical: Bool) {
    if isCritical {
      critical.append(item.name)
      if !item.isEnforced { hasUnenforcedCritical = true }
    }
    switch item {
    case .basicConstraints(let isCA, let pathLength):
      hasBasicConstraints = true
      (self.isCA, self.pathLength) = (isCA, pathLength)
    case .keyUsage(let firstByte): keyUsage = Self.list(firstByte: firstByte)
    case .extendedKeyUsage(let purposes): extendedKeyUsage = purposes
    case .names(let list): names = list
    case .subjectKeyIdentifier(let identifier): subjectKeyIdentifier = identifier
    case .authorityKeyIdentifier(let identifier): authorityKeyIdentifier = identifier
    case .other: break
    }
  }

  /// With swift-certificates.
  private mutating func read(_ element: borrowing ExtensionElement) throws {
    let item = Certificate.Extension(oid: try element.oid, critical: element.isCritical, value: element.value)
    if item.critical {
      critical.append(Self.name(item.oid))
      if !PathPolicy.enforced.contains(item.oid) { hasUnenforcedCritical = true }
    }
    do {
      try read(item)
    } catch {
      malformed.append("\(Self.name(item.oid)): \(plain(error))")
    }
  }

  private mutating func read(_ item: Certificate.Extension) throws {
    switch item.oid {
    case .X509ExtensionID.basicConstraints:
      hasBasicConstraints = true
      if case .isCertificateAuthority(let length) = try BasicConstraints(item) {
        isCA = true
        pathLength = length
      }
    case .X509ExtensionID.keyUsage: keyUsage = Self.list(try KeyUsage(item))
    case .X509ExtensionID.extendedKeyUsage: extendedKeyUsage = try ExtendedKeyUsage(item).map { "\($0)" }
    case .X509ExtensionID.subjectAlternativeName: names = Array(try SubjectAlternativeNames(item))
    case .X509ExtensionID.nameConstraints: nameConstraints = try NameConstraints(item)
    case .X509ExtensionID.subjectKeyIdentifier:
      subjectKeyIdentifier = Array(try SubjectKeyIdentifier(item).keyIdentifier)
    case .X509ExtensionID.authorityKeyIdentifier:
      authorityKeyIdentifier = try AuthorityKeyIdentifier(item).keyIdentifier.map(Array.init)
    case Self.tlsFeature:
      tlsFeatures = try DER.sequence(of: Int.self, identifier: .sequence, rootNode: try DER.parse(item.value))
    default:
      if item.critical { unknownCritical.append(Self.name(item.oid)) }
    }
  }

  static func list(_ usage: KeyUsage) -> [String] {
    list(
      firstByte: [
        usage.digitalSignature, usage.nonRepudiation, usage.keyEncipherment, usage.dataEncipherment,
        usage.keyAgreement, usage.keyCertSign, usage.cRLSign, usage.encipherOnly,
      ].reduce(0) { $0 << 1 | ($1 ? 1 : 0) }) + (usage.decipherOnly ? ["decipherOnly"] : [])
  }

  /// The names of the bits, from the highest down (RFC 5280 §4.2.1.3).
  private static func list(firstByte: UInt8) -> [String] { lists[Int(firstByte)] }

  /// Made once for each byte: every certificate has one.
  private static let lists = (0...UInt8.max).map { byte in
    usages.enumerated().filter { byte & (0x80 >> $0.offset) != 0 }.map(\.element)
  }

  private static let usages = [
    "digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement", "keyCertSign",
    "cRLSign", "encipherOnly",
  ]

  static let tlsFeature: ASN1ObjectIdentifier = [1, 3, 6, 1, 5, 5, 7, 1, 24]
  var mustStaple: Bool { tlsFeatures.contains(5) }

  static func name(_ oid: ASN1ObjectIdentifier) -> String { extensionNames[oid] ?? "\(oid)" }

  private static let extensionNames: [ASN1ObjectIdentifier: String] = [
    .X509ExtensionID.basicConstraints: "basicConstraints", .X509ExtensionID.keyUsage: "keyUsage",
    .X509ExtensionID.extendedKeyUsage: "extendedKeyUsage", .X509ExtensionID.nameConstraints: "nameConstraints",
    .X509ExtensionID.subjectAlternativeName: "subjectAltName",
    .X509ExtensionID.subjectKeyIdentifier: "subjectKeyIdentifier",
    .X509ExtensionID.authorityKeyIdentifier: "authorityKeyIdentifier",
    [2, 5, 29, 18]: "issuerAltName", [2, 5, 29, 31]: "cRLDistributionPoints", [2, 5, 29, 32]: "certificatePolicies",
    [2, 5, 29, 33]: "policyMappings", [2, 5, 29, 36]: "policyConstraints", [2, 5, 29, 54]: "inhibitAnyPolicy",
    tlsFeature: "tlsFeature (must-staple)",
  ]
}

extension CertificateExtensions {
  /// dNSNames, in lower case. One that is not ASCII is none (RFC 5280 §4.2.1.6), and must not become one by lower case.
  var dnsNames: [String] {
    (names ?? []).compactMap { name in
      guard case .dnsName(let name) = name, name.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
      return name.lowercased().safeForDisplay
    }
  }

  var constraintCount: Int {
    (nameConstraints?.permittedSubtrees.count ?? 0) + (nameConstraints?.excludedSubtrees.count ?? 0)
  }

  var ipAddresses: [[UInt8]] {
    (names ?? []).compactMap { if case .ipAddress(let address) = $0 { Array(address.bytes) } else { nil } }
  }

  /// Each name with its kind in front.
  var nameTexts: [String] { (names ?? []).map { Self.text($0).safeForDisplay } }

  static func text(_ name: GeneralName) -> String {
    switch name {
    case .dnsName(let name): "DNS:\(name)"
    case .ipAddress(let address):
      [4, 16].contains(address.bytes.count)
        ? "IP:\(ServerReference.format(address: Array(address.bytes)))"
        : "IP:\(address.bytes.count) bytes"
    case .uniformResourceIdentifier(let uri): "URI:\(uri)"
    case .rfc822Name(let address): "email:\(address)"
    case .directoryName(let name): "directory:\(name)"
    case .registeredID(let oid): "ID:\(oid)"
    case .otherName(let other): "other:\(other.typeID)"
    case .x400Address: "X.400 address"
    case .ediPartyName: "EDI party"
    }
  }
}
