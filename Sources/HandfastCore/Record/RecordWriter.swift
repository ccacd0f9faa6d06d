package import HandfastWire

/// Cuts what this side sends into records, and seals them once there are keys.
package struct RecordWriter: ~Copyable {
  private var protection: RecordProtection?
  /// The most plaintext a record of ours holds: what the peer has asked for, or this side wants.
  package var fragmentLimit: Int {
    get { min(negotiatedLimit, sizeLimit) }
    set { negotiatedLimit = newValue }
  }
  private var negotiatedLimit = RecordReader.maximumFragment
  package var sizeLimit = RecordReader.maximumFragment
  /// TLS 1.3 records of application data are padded to a multiple of this (RFC 9846 §5.4); 1: not at all.
  package var paddingMultiple = 1

  /// The second byte of the version in records that are not protected.
  package var clearVersion: UInt8 = 0x03

  package init() {}

  /// What a record adds to its plaintext, header included, padding not.
  package private(set) var overhead = RecordHeader.byteCount

  package mutating func install(_ protection: consuming RecordProtection) {
    overhead = RecordHeader.byteCount + protection.overhead
    self.protection = consume protection
  }

  package mutating func removeKeys() {
    overhead = RecordHeader.byteCount
    protection = nil
  }

  package var isTLS13: Bool {
    switch protection {
    case .some(let keys): keys.isTLS13
    case .none: false
    }
  }
  /// How many more records the keys may protect; nil without keys.
  package var recordsLeft: UInt64? {
    switch protection {
    case .some(let keys): keys.recordsLeft
    case .none: nil
    }
  }

  /// Appends the records that carry `payload` to what is owed.
  package mutating func write(
    _ payload: Span<UInt8>, type: ContentType, to owed: inout [UInt8], _ trace: (SealedRecord) -> Void
  ) throws(TLSError) {
    var start = 0
    // With room for what comes behind it: small messages, such as a Finished, if any.
    let needed = owed.count + payload.count + overhead
    if needed > owed.capacity { owed.reserveCapacity(needed + 320) }
    repeat {
      let end = min(start + fragmentLimit, payload.count)
      let fragment = payload.extracting(start..<end)
      var failure: TLSError?
      owed.append(addingCapacity: fragment.count + overhead) { output in
        do throws(TLSError) {
          if let sealed = try record(fragment, type: type, into: &output) { trace(sealed) }
        } catch {
          failure = error
        }
      }
      if let failure { throw failure }
      start = end
    } while start < payload.count
  }

  /// A ChangeCipherSpec in clear, whatever the keys: the one that TLS 1.3 sends for middleboxes (RFC 9846 §D.4).
  package func writeDummyChangeCipherSpec(to owed: inout [UInt8]) { owed += [20, 3, 3, 0, 1, 1] }

  /// Writes one record into `output`, which must have room. Says what it was sealed with if it is protected.
  package mutating func record(
    _ fragment: Span<UInt8>, type: ContentType, into output: inout OutputSpan<UInt8>
  ) throws(TLSError) -> SealedRecord? {
    let padding = isTLS13 && type == .applicationData ? paddedCount(of: fragment.count) - fragment.count : 0
    guard let numbers = try protection?.seal(fragment, type: type, padding: padding, into: &output) else {
      output.append(type.rawValue)
      output.append(0x03)
      output.append(clearVersion)
      output.append(UInt8(truncatingIfNeeded: fragment.count >> 8))
      output.append(UInt8(truncatingIfNeeded: fragment.count))
      for index in fragment.indices { output.append(fragment[index]) }
      return nil
    }
    return SealedRecord(
      numbers: numbers, type: type, plaintextLength: fragment.count,
      ciphertextLength: fragment.count + overhead - RecordHeader.byteCount + padding)
  }

  /// How many of `count` bytes of application data one record takes, if there is `room` for it and its padding.
  package func takeable(of count: Int, room: Int) -> Int {
    let room = room - overhead
    let count = min(count, fragmentLimit, room)
    guard count > 0, isTLS13, paddedCount(of: count) > room else { return max(count, 0) }
    // Rather less data than less padding.
    return room / paddingMultiple * paddingMultiple
  }

  /// Bytes that the records of `count` bytes of application data have at most.
  package func sealedByteCount(of count: Int) -> Int {
    // A single record, as most are, is not worth a division.
    let recordCount = count < fragmentLimit ? 1 : count / fragmentLimit + 1
    return max(count, 0) + recordCount * (overhead + min(paddingMultiple - 1, fragmentLimit))
  }

  /// The plaintext brought to the next multiple, within the record's limit.
  private func paddedCount(of count: Int) -> Int {
    guard paddingMultiple > 1 else { return count }
    let rest = count % paddingMultiple
    return rest == 0 ? count : max(count, min(count + paddingMultiple - rest, fragmentLimit))
  }
}

/// A protected record that was written: without a heap object, unlike the fact it can become.
package struct SealedRecord {
  let numbers: RecordNumbers
  let type: ContentType
  let plaintextLength: Int
  let ciphertextLength: Int

  package var fact: RecordFact {
    numbers.fact(type: type, plaintextLength: plaintextLength, ciphertextLength: ciphertextLength)
  }
}
