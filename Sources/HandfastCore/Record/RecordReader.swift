package import HandfastWire

/// Frames and opens the peer's records in the caller's buffer. It keeps no bytes.
package struct RecordReader: ~Copyable {
  private var protection: RecordProtection?
  private var hasSeenRecord = false
  /// Once the version is settled, every record must carry it.
  package var isVersionSettled = false
  /// The most plaintext a record may hold: 2^14, or what max_fragment_length settled.
  package var fragmentLimit = RecordReader.maximumFragment

  package static let maximumFragment = 1 << 14
  /// What protection may add at most (RFC 5246 §6.2.3).
  package static let maximumExpansion = 2048

  package init() {}

  package var isProtected: Bool { protection != nil }

  /// New keys take effect. Only between whole handshake messages, which is what `boundary` proves.
  package mutating func install(_ protection: consuming RecordProtection, at boundary: consuming RecordBoundary) {
    self.protection = consume protection
  }

  /// The header of the record at the start of `bytes`; nil when it is not all there.
  package mutating func header(in bytes: Span<UInt8>) throws(TLSError) -> RecordHeader? {
    guard bytes.count >= RecordHeader.byteCount else { return nil }
    var wire = WireReader(bytes.extracting(first: RecordHeader.byteCount))
    guard let header = try? RecordHeader(from: &wire) else { return nil }
    let isKnownType = (ContentType.changeCipherSpec.rawValue...ContentType.applicationData.rawValue).contains(
      header.type.rawValue)
    if !hasSeenRecord, !isKnownType || header.version.rawValue >> 8 != 3 {
      throw .notTLS(looksLike: Self.guess(bytes))
    }
    guard isKnownType else { throw .unknownContentType(header.type) }
    guard isVersionSettled ? header.version == .tls12 : header.version.rawValue >> 8 == 3 else {
      throw .recordVersion(header.version)
    }
    //= https://www.rfc-editor.org/rfc/rfc5246#section-6.2.3
    //# The length MUST NOT exceed 2^14 + 2048.
    let limit = Self.maximumFragment + (isProtected ? Self.maximumExpansion : 0)
    guard header.length <= limit else { throw .recordTooLong(length: Int(header.length), limit: limit) }
    hasSeenRecord = true
    return header
  }

  /// Opens the fragment where it lies (nothing to do without keys) and says which part of it is the plaintext.
  package mutating func open(
    _ fragment: inout MutableSpan<UInt8>, type: ContentType, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Range<Int> {
    guard var keys = protection.take() else {
      let range = 0..<fragment.count
      guard range.count <= fragmentLimit else { throw .recordTooLong(length: range.count, limit: fragmentLimit) }
      return range
    }
    let length = fragment.count
    let sealed = out.isTracing ? [UInt8](copying: fragment.span.extracting(first: RecordFact.ciphertextLimit)) : []
    let (range, numbers) = try keys.open(&fragment, type: type)
    protection = consume keys
    guard range.count <= fragmentLimit else { throw .recordTooLong(length: range.count, limit: fragmentLimit) }
    out.trace(
      .openedRecord(
        numbers.fact(type: type, plaintextLength: range.count, ciphertextLength: length).carrying(sealed.span)))
    return range
  }

  /// What bytes that are no TLS look like, for the diagnosis.
  private static func guess(_ bytes: Span<UInt8>) -> String {
    let head = String(decoding: [UInt8](copying: bytes.extracting(first: 5)), as: UTF8.self)
    let requests = ["GET ", "POST ", "HEAD ", "PUT ", "OPTIO", "DELET", "CONNE", "PATCH", "PRI *"]
    if requests.contains(where: head.hasPrefix) { return "an HTTP request" }
    if head.hasPrefix("HTTP/") { return "an HTTP response" }
    if head.hasPrefix("SSH-") { return "SSH" }
    if head.hasPrefix("220 ") || head.hasPrefix("220-") || head.hasPrefix("* OK ") || head.hasPrefix("+OK") {
      return "a mail or file server's greeting"
    }
    if head.hasPrefix("EHLO ") || head.hasPrefix("HELO ") { return "an SMTP command" }
    // Two bytes of length with the high bit set, msg_type 1, version 0x03XX or 0x0002 (RFC 5246 §E.2).
    if bytes[0] & 0x80 != 0, bytes[2] == 1, bytes[3] == 3 || bytes[3] == 0 { return TLSError.sslv2Hello }
    return "no known protocol"
  }
}
