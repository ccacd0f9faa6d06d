package import HandfastWire

/// Frames and opens the peer's records in the caller's buffer. It keeps no bytes.
package struct RecordReader: ~Copyable {
  private var protection: RecordProtection?
  private var hasSeenRecord = false
  /// Whether a protected record was ever opened: from then on the peer has keys, and nobody else may speak for it.
  private var hasOpenedRecord = false
  /// Once TLS 1.2 is settled, every record must carry its version. TLS 1.3 ignores it (RFC 9846 §5.1).
  package var requiresTLS12 = false
  /// The most plaintext a record may hold: 2^14, or what max_fragment_length or record_size_limit settled.
  package var fragmentLimit = RecordReader.maximumFragment
  /// What the peer may still send of early data that is not taken: its records are dropped unread (RFC 9846 §4.3.10).
  private var skippable: Int?

  package static let maximumFragment = 1 << 14
  /// What protection may add at most (RFC 5246 §6.2.3).
  package static let maximumExpansion = 2048
  /// The same in TLS 1.3 (RFC 9846 §5.2).
  package static let maximumExpansion13 = 256

  package init() {}

  package var isProtected: Bool { protection != nil }
  private var isTLS13: Bool {
    switch protection {
    case .some(let keys): keys.isTLS13
    case .none: false
    }
  }

  /// New keys take effect. Only between whole handshake messages, which is what `boundary` proves.
  package mutating func install(_ protection: consuming RecordProtection, at boundary: consuming RecordBoundary) {
    self.protection = consume protection
  }

  /// From here on up to `byteCount` bytes of records that cannot be opened are dropped.
  package mutating func skipEarlyData(_ byteCount: Int) { skippable = byteCount }

  /// A handshake message in clear: the peer has moved on from its early data.
  package mutating func stopSkippingInClear() { if !isProtected { skippable = nil } }

  /// The header of the record at the start of `bytes`; nil when it is not all there.
  package mutating func header(in bytes: Span<UInt8>) throws(TLSError) -> RecordHeader? {
    guard let header = RecordHeader(startOf: bytes) else { return nil }
    // From change_cipher_spec to application_data.
    let isKnownType = (20...23).contains(header.type.rawValue)
    if !hasSeenRecord, !isKnownType || header.version.rawValue >> 8 != 3 {
      throw .notTLS(looksLike: Self.guess(bytes))
    }
    guard isKnownType else { throw .unknownContentType(header.type) }
    guard requiresTLS12 ? header.version == .tls12 : header.version.rawValue >> 8 == 3 else {
      throw .recordVersion(header.version)
    }
    //= https://www.rfc-editor.org/rfc/rfc5246#section-6.2.3
    //# The length MUST NOT exceed 2^14 + 2048.
    let expansion = isProtected ? isTLS13 ? Self.maximumExpansion13 : Self.maximumExpansion : 0
    // Early data that is not taken comes under keys this side does not have.
    let limit = Self.maximumFragment + (skippable == nil ? expansion : Self.maximumExpansion13)
    guard header.length <= limit else { throw .recordTooLong(length: Int(header.length), limit: limit) }
    hasSeenRecord = true
    return header
  }

  /// Opens the fragment where it lies (nothing to do without keys) and says which part of it is the plaintext, and of which
  /// type. Nil: the record is to be dropped.
  package mutating func open(
    _ fragment: inout MutableSpan<UInt8>, type: ContentType, _ out: inout HandshakeOutput
  ) throws(TLSError) -> (range: Range<Int>, type: ContentType)? {
    guard isProtected else {
      if type == .applicationData, try skip(fragment.count) { return nil }
      return try clear(fragment.count, type)
    }
    if isTLS13, type != .applicationData {
      // What comes in clear all the same: the dummy ChangeCipherSpec, and the alert of a peer that has no keys yet.
      guard type == .changeCipherSpec || type == .alert && !hasOpenedRecord else { throw .unprotectedRecord(type) }
      return try clear(fragment.count, type)
    }
    return try openProtected(&fragment, type, &out)
  }

  private mutating func openProtected(
    _ fragment: inout MutableSpan<UInt8>, _ type: ContentType, _ out: inout HandshakeOutput
  ) throws(TLSError) -> (range: Range<Int>, type: ContentType)? {
    let length = fragment.count
    let sealed = out.isTracing ? [UInt8](copying: fragment.span.extracting(first: RecordFact.ciphertextLimit)) : []
    let record: OpenedRecord
    do throws(TLSError) {
      guard let opened = try protection?.open(&fragment, type: type) else { return nil }
      record = opened
    } catch {
      //= https://www.rfc-editor.org/rfc/rfc9846#section-4.3.10
      //# The server then skips past early data by attempting to deprotect received records using the handshake traffic key,
      //# discarding records which fail deprotection (up to the configured max_early_data_size).
      switch error {
      case .badRecordMAC, .recordTooShort: if try skip(length) { return nil }
      default: break
      }
      throw error
    }
    hasOpenedRecord = true
    skippable = nil
    guard record.paddedCount <= fragmentLimit else {
      throw .recordTooLong(length: record.paddedCount, limit: fragmentLimit)
    }
    out.trace(
      .openedRecord(
        record.numbers.fact(type: record.type, plaintextLength: record.plaintext.count, ciphertextLength: length)
          .carrying(sealed.span)))
    return (record.plaintext, record.type)
  }

  private func clear(
    _ count: Int, _ type: ContentType
  ) throws(TLSError) -> (range: Range<Int>, type: ContentType) {
    guard count <= fragmentLimit else { throw .recordTooLong(length: count, limit: fragmentLimit) }
    return (0..<count, type)
  }

  private mutating func skip(_ count: Int) throws(TLSError) -> Bool {
    guard let left = skippable else { return false }
    // What counts is the data; a record without any costs something all the same.
    let data = max(count - AEADAlgorithm.tagByteCount - 1, 1)
    guard data <= left else { throw .tooMuchEarlyData }
    skippable = left - data
    return true
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
    // Version 1 of a balancer's header is text; version 2 begins with these five of its twelve bytes.
    if head == "PROXY" || head == "\r\n\r\n\0" { return TLSError.proxyHeader }
    // Three bytes of length (little-endian), number 0, protocol version 10.
    if bytes[2] == 0, bytes[3] == 0, bytes[4] == 10 { return TLSError.mySQLGreeting }
    // Two bytes of length with the high bit set, msg_type 1, version 0x03XX or 0x0002 (RFC 5246 §E.2).
    if bytes[0] & 0x80 != 0, bytes[2] == 1, bytes[3] == 3 || bytes[3] == 0 { return TLSError.sslv2Hello }
    return "no known protocol"
  }
}
