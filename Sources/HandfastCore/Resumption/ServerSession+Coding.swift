package import HandfastWire
import Synchronization

/// The form in which a session stands in a ticket, before it is sealed:
///
///     struct {
///       uint8 format = 1;
///       ProtocolVersion version;
///       CipherSuite suite;
///       uint8 flags;                       // 1 extended master secret, 2 group, 4 peer, 8 own raw public key
///       opaque secret<1..2^8-1>;
///       opaque scope[32];
///       opaque server_name<0..2^8-1>;      // empty: none
///       opaque protocol<0..2^8-1>;         // empty: none
///       uint64 lineage_started_at, issued_at, expires_at, own_certificates_end_at;
///       uint32 age_add, max_early_data;
///       NamedGroup group;                  // with its flag
///       RememberedPeer peer;               // with its flag
///     } ServerSession;
extension ServerSession {
  private static let format: UInt8 = 1
  private enum Flag {
    static let extendedMasterSecret: UInt8 = 1
    static let group: UInt8 = 2
    static let peer: UInt8 = 4
    static let rawPublicKey: UInt8 = 8
  }

  /// With the secret in it: to be overwritten after use. Nil when a part is longer than its field can say.
  package func encoded() -> [UInt8]? {
    guard scope.count == 32, secret.count > 0, version.rawValue >= ProtocolVersion.tls12.rawValue else { return nil }
    var peerWriter = WireWriter(capacity: peer == nil ? 0 : 2048)
    peer?.encode(into: &peerWriter)
    guard !peerWriter.overflow else { return nil }
    // Room enough that the array does not grow, and leave a copy of the secret behind.
    let texts = (serverName?.utf8.count ?? 0) + (applicationProtocol?.count ?? 0)
    var writer = WireWriter(capacity: 128 + secret.count + texts + peerWriter.bytes.count)
    writer.u8(Self.format)
    writer.u16(version.rawValue)
    writer.u16(cipherSuite.rawValue)
    writer.u8(
      (usesExtendedMasterSecret ? Flag.extendedMasterSecret : 0) | (group == nil ? 0 : Flag.group)
        | (peer == nil ? 0 : Flag.peer) | (ownCertificateType == .rawPublicKey ? Flag.rawPublicKey : 0))
    writer.nested(.one) { writer in secret.withSpan { writer.raw($0) } }
    writer.raw(scope)
    writer.text(.one, serverName ?? "")
    writer.opaque(.one, applicationProtocol ?? [])
    writer.u64(lineageStartedAt)
    writer.u64(issuedAt)
    writer.u64(expiresAt)
    writer.u64(ownCertificatesEndAt)
    writer.u32(ageAdd)
    writer.u32(maxEarlyData)
    if let group { writer.u16(group.rawValue) }
    writer.raw(peerWriter.bytes)
    return writer.overflow ? nil : writer.bytes
  }

  /// Throws for anything that `encoded` did not make, and for other formats than this version's.
  package convenience init(decoding bytes: Span<UInt8>) throws(DecodeError) {
    var reader = WireReader(bytes)
    let format = try reader.u8("format")
    guard format == Self.format else { throw .badValue(field: "format", value: UInt32(format)) }
    let version = ProtocolVersion(rawValue: try reader.u16("version"))
    guard version >= .tls12 else { throw .badValue(field: "version", value: UInt32(version.rawValue)) }
    let suite = CipherSuite(rawValue: try reader.u16("suite"))
    let flags = try reader.u8("flags")
    guard flags & ~(Flag.extendedMasterSecret | Flag.group | Flag.peer | Flag.rawPublicKey) == 0 else {
      throw .badValue(field: "flags", value: UInt32(flags))
    }
    let secret = try reader.bytes(.one, "secret")
    guard !secret.isEmpty else { throw .badLength(field: "secret", length: 0) }
    let scope = try reader.bytes(count: 32, "scope")
    let name = try reader.text(.one, "server_name")
    let applicationProtocol = try reader.bytes(.one, "protocol")
    let lineage = try reader.number(8, "lineage_started_at")
    let issued = try reader.number(8, "issued_at")
    let expires = try reader.number(8, "expires_at")
    let ownEnd = try reader.number(8, "own_certificates_end_at")
    let ageAdd = UInt32(truncatingIfNeeded: try reader.number(4, "age_add"))
    let maxEarlyData = UInt32(truncatingIfNeeded: try reader.number(4, "max_early_data"))
    let group = flags & Flag.group == 0 ? nil : NamedGroup(rawValue: try reader.u16("group"))
    let peer = flags & Flag.peer == 0 ? nil : try RememberedPeer(from: &reader)
    guard reader.isAtEnd else { throw .trailingBytes(field: "session", count: reader.remaining) }
    self.init(
      version: version, cipherSuite: suite, secret: SessionSecret(secret), scope: scope,
      serverName: name.isEmpty ? nil : name,
      applicationProtocol: applicationProtocol.isEmpty ? nil : applicationProtocol,
      lineageStartedAt: lineage, issuedAt: issued, expiresAt: expires, ageAdd: ageAdd,
      usesExtendedMasterSecret: flags & Flag.extendedMasterSecret != 0, maxEarlyData: maxEarlyData,
      ownCertificatesEndAt: ownEnd, group: group,
      ownCertificateType: flags & Flag.rawPublicKey == 0 ? .x509 : .rawPublicKey, peer: peer)
  }
}

/// Each certificate stands once, and chain and path name it by its place:
///
///     struct {
///       SignatureScheme scheme;            // 0: none
///       CertificateDescription certificates<0..2^16-1>;
///       uint8 presented<0..2^8-1>;
///       uint8 path<0..2^8-1>;
///     } RememberedPeer;
extension RememberedPeer {
  package func encode(into writer: inout WireWriter) {
    var known: [CertificateDescription] = []
    known.reserveCapacity(presented.count + path.count)
    var (presentedPlaces, pathPlaces): ([UInt8], [UInt8]) = ([], [])
    Self.note(presented, &presentedPlaces, &known)
    Self.note(path, &pathPlaces, &known)
    writer.u16(signatureScheme?.rawValue ?? 0)
    writer.nested(.two) { writer in
      for certificate in known { writer.nested(.two) { certificate.encode(into: &$0) } }
    }
    writer.opaque(.one, presentedPlaces)
    // More than 256 certificates do not fit their places: this path is then too long for its length as well.
    writer.opaque(.one, known.count > 256 ? [UInt8](repeating: 0, count: 256) : pathPlaces)
  }

  private static func note(
    _ chain: [CertificateDescription], _ places: inout [UInt8], _ known: inout [CertificateDescription]
  ) {
    places.reserveCapacity(chain.count)
    for certificate in chain {
      // Whoever judges describes a certificate once: comparing what two descriptions say would make them say it.
      let place = known.firstIndex { $0.hasSource(of: certificate) } ?? known.count
      if place == known.count { known.append(certificate) }
      places.append(UInt8(truncatingIfNeeded: place))
    }
  }

  package init(from reader: inout WireReader) throws(DecodeError) {
    let scheme = try reader.u16("scheme")
    let known = try reader.nested(.two, "certificates") { reader throws(DecodeError) in
      var known: [CertificateDescription] = []
      while !reader.isAtEnd {
        known.append(try CertificateDescription(ticketed: reader.bytes(.two, "certificate")))
      }
      return known
    }
    let presented = try Self.chain(try reader.bytes(.one, "presented"), of: known)
    let path = try Self.chain(try reader.bytes(.one, "path"), of: known)
    self.init(
      presented: presented, path: path, signatureScheme: scheme == 0 ? nil : SignatureScheme(rawValue: scheme))
  }

  private static func chain(
    _ places: [UInt8], of known: [CertificateDescription]
  ) throws(DecodeError) -> [CertificateDescription] {
    var chain: [CertificateDescription] = []
    for place in places {
      guard known.indices.contains(Int(place)) else { throw .badValue(field: "place", value: UInt32(place)) }
      chain.append(known[Int(place)])
    }
    return chain
  }
}

/// The one place that knows all fields: whoever adds one adds it to both functions, and raises `ServerSession`'s format.
extension CertificateDescription.Summary {
  func encode(into writer: inout WireWriter, notBefore: Int64, notAfter: Int64, keyUsage: [String]?) {
    writer.text(.two, subject)
    writer.text(.two, issuer)
    writer.u64(UInt64(bitPattern: notBefore))
    writer.u64(UInt64(bitPattern: notAfter))
    writer.text(.one, key)
    writer.text(.one, signatureAlgorithm)
    writer.texts(names)
    writer.u8((isCA ? 1 : 0) | (keyUsage == nil ? 0 : 2) | (extendedKeyUsage == nil ? 0 : 4) | (isRawPublicKey ? 8 : 0))
    if let keyUsage { writer.texts(keyUsage) }
    if let extendedKeyUsage { writer.texts(extendedKeyUsage) }
    writer.text(.one, serialNumber)
    writer.opaque(.one, fingerprint)
  }
}

/// A certificate in a ticket: read when somebody wants to know more of it than its dates, and written to the next ticket as it is.
private final class TicketedCertificate: CertificateSource {
  private let bytes: [UInt8]
  private let read = Mutex<CertificateDescription.Details?>(nil)

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func encoding(madeBy make: () -> [UInt8]) -> [UInt8] { bytes }

  var details: CertificateDescription.Details {
    read.withLock { read in
      read.made {
        // It was found readable before it came here.
        CertificateDescription.Details((try? TicketedParts.read(bytes, isSkimming: false))?.summary ?? .nothing)
      }
    }
  }

  var summary: CertificateDescription.Summary { details.summary }
}

/// What stands in a ticket of one certificate.
private struct TicketedParts {
  let notBefore: Int64
  let notAfter: Int64
  let keyUsage: [String]?
  let summary: CertificateDescription.Summary

  static func read(_ bytes: [UInt8], isSkimming: Bool) throws(DecodeError) -> Self {
    var reader = WireReader(bytes.span)
    return try Self(from: &reader, isSkimming: isSkimming)
  }

  /// `isSkimming`: checked as a whole, but no text is made of it except for `keyUsage`.
  private init(from reader: inout WireReader, isSkimming: Bool) throws(DecodeError) {
    let subject = try reader.text(.two, "subject", isSkimming: isSkimming)
    let issuer = try reader.text(.two, "issuer", isSkimming: isSkimming)
    notBefore = Int64(bitPattern: try reader.number(8, "not_before"))
    notAfter = Int64(bitPattern: try reader.number(8, "not_after"))
    let key = try reader.text(.one, "key", isSkimming: isSkimming)
    let signatureAlgorithm = try reader.text(.one, "signature_algorithm", isSkimming: isSkimming)
    let names = try reader.texts("names", isSkimming: isSkimming)
    let flags = try reader.u8("certificate_flags")
    guard flags < 16 else { throw .badValue(field: "certificate_flags", value: UInt32(flags)) }
    keyUsage = flags & 2 == 0 ? nil : try reader.texts("key_usage", isSkimming: false)
    let extendedKeyUsage = flags & 4 == 0 ? nil : try reader.texts("extended_key_usage", isSkimming: isSkimming)
    let serialNumber = try reader.text(.one, "serial_number", isSkimming: isSkimming)
    let fingerprint = try reader.bytes(.one, "fingerprint")
    guard reader.isAtEnd else { throw .trailingBytes(field: "certificate", count: reader.remaining) }
    var summary = CertificateDescription.Summary(
      subject: subject, issuer: issuer, key: key, signatureAlgorithm: signatureAlgorithm, names: names,
      isCA: flags & 1 != 0, extendedKeyUsage: extendedKeyUsage, serialNumber: serialNumber, fingerprint: fingerprint)
    summary.isRawPublicKey = flags & 8 != 0
    self.summary = summary
  }
}

extension CertificateDescription {
  fileprivate init(ticketed bytes: [UInt8]) throws(DecodeError) {
    let parts = try TicketedParts.read(bytes, isSkimming: true)
    self.init(
      notBefore: parts.notBefore, notAfter: parts.notAfter, keyUsage: parts.keyUsage,
      source: TicketedCertificate(bytes))
  }
}

extension CertificateDescription.Summary {
  fileprivate static let nothing = Self(
    subject: "", issuer: "", key: "", signatureAlgorithm: "", names: [], isCA: false, extendedKeyUsage: nil,
    serialNumber: "", fingerprint: [])
}

extension WireWriter {
  fileprivate mutating func text(_ width: LengthWidth, _ text: String) {
    nested(width) { $0.utf8(text) }
  }

  fileprivate mutating func texts(_ texts: [String]) {
    nested(.two) { writer in for text in texts { writer.text(.two, text) } }
  }
}

extension WireReader {
  fileprivate mutating func number(_ byteCount: Int, _ field: StaticString) throws(DecodeError) -> UInt64 {
    let bytes = try take(byteCount, field)
    var value: UInt64 = 0
    for index in bytes.indices { value = value << 8 | UInt64(bytes[index]) }
    return value
  }

  fileprivate mutating func text(
    _ width: LengthWidth, _ field: StaticString, isSkimming: Bool = false
  ) throws(DecodeError) -> String {
    let bytes = try take(try length(width, field), field)
    guard let text = try? UTF8Span(validating: bytes) else {
      throw .badValue(field: "\(field)", value: UInt32(bytes.isEmpty ? 0 : bytes[0]))
    }
    return isSkimming ? "" : String(copying: text)
  }

  fileprivate mutating func texts(_ field: StaticString, isSkimming: Bool) throws(DecodeError) -> [String] {
    try nested(.two, field) { reader throws(DecodeError) in
      var texts: [String] = []
      while !reader.isAtEnd {
        let text = try reader.text(.two, field, isSkimming: isSkimming)
        if !isSkimming { texts.append(text) }
      }
      return texts
    }
  }
}
