/// Why the two may differ on a flight, with the sentence of the RFC that decides. What is not here fails the run.
enum Explanation {
  static func of(_ hello: ClientHelloParts, _ ours: Answer, _ theirs: Answer) -> String? {
    switch (ours, theirs) {
    case (.refused(alert: 47), .goesOn) where hello.isTLS13 && hello.hasShareOfUnofferedGroup:
      """
      a key share of a group that is not among supported_groups. RFC 9846 §4.3.8: Clients MUST NOT offer any KeyShareEntry values \
      for groups not listed in the client's "supported_groups" extension. Servers MAY check for violations of these rules.
      """
    case (.refused(alert: 40), .goesOn) where !hello.isTLS13 && !hello.saysSecureRenegotiation:
      """
      neither renegotiation_info nor its signalling suite. RFC 5746 §3.6: some servers may want to terminate the handshake instead \
      of continuing.
      """
    case (.refused(alert: 40), .goesOn) where !hello.isTLS13 && hello.wantsSHA1:
      """
      signature_algorithms with SHA-1 only, or none, which stood for it (RFC 5246 §7.4.1.4.1). RFC 9155 §2: Clients MUST include \
      the signature_algorithms extension. Clients MUST NOT include MD5 and SHA-1 in this extension.
      """
    case (.goesOn, .refused(alert: 40)) where !hello.isTLS13 && hello[10] == nil:
      """
      no supported_groups. RFC 8422 §4: In this case, the server is free to choose any one of the elliptic curves.
      """
    case (.refused(alert: 50), .goesOn) where hello.hasNameThatIsNoHost:
      """
      a server_name that no host can have. RFC 6066 §3: "HostName" contains the fully qualified DNS hostname of the server.
      """
    case (.goesOn, .refused(alert: 50)) where !hello.isTLS13 && hello.hasBrokenPSKModes:
      """
      a broken psk_key_exchange_modes in a handshake of TLS 1.2, which does not have it. RFC 9846 §4.2.2: Servers MUST ignore \
      unrecognized extensions.
      """
    // application_settings, old and new (draft-vvv-tls-alps).
    case (.goesOn, .refused(alert: 50)) where hello[0x4469] != nil || hello[0x44cd] != nil:
      """
      an extension of a draft that BoringSSL reads and Handfast does not know. RFC 9846 §4.2.2: Servers MUST ignore unrecognized \
      extensions.
      """
    default: nil
    }
  }
}

extension ClientHelloParts {
  subscript(_ type: UInt16) -> [UInt8]? { extensions.first { $0.type == type }?.body }

  fileprivate var isTLS13: Bool {
    guard let versions = self[43]?.dropFirst() else { return false }
    return pairs(versions).contains(0x0304)
  }

  fileprivate var saysSecureRenegotiation: Bool { self[0xff01] != nil || suites.contains(0x00ff) }

  fileprivate var hasShareOfUnofferedGroup: Bool {
    let groups = pairs((self[10] ?? []).dropFirst(2))
    var rest = (self[51] ?? []).dropFirst(2)
    while rest.count >= 4 {
      let head = Array(rest.prefix(4))
      if !groups.contains(UInt16(head[0]) << 8 | UInt16(head[1])) { return true }
      rest = rest.dropFirst(4 + Int(head[2]) << 8 + Int(head[3]))
    }
    return false
  }

  fileprivate var wantsSHA1: Bool {
    guard let body = self[13] else { return true }
    return pairs(body.dropFirst(2)).allSatisfy { $0 >> 8 == 2 }
  }

  /// A length and as many bytes, of which there is one at least.
  fileprivate var hasBrokenPSKModes: Bool {
    guard let body = self[45] else { return false }
    return body.count < 2 || Int(body[0]) != body.count - 1
  }

  /// list length, name type, name length, name.
  fileprivate var hasNameThatIsNoHost: Bool {
    guard let name = self[0]?.dropFirst(5), !name.isEmpty else { return false }
    let labels = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return labels.contains { label in
      label.isEmpty || label.first == UInt8(ascii: "-") || label.last == UInt8(ascii: "-")
        || label.contains { byte in
          let character = Character(Unicode.Scalar(byte))
          return !(character.isASCII && (character.isLetter || character.isNumber || "-_".contains(character)))
        }
    } || labels.last?.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } == true
  }

  private func pairs(_ bytes: ArraySlice<UInt8>) -> [UInt16] {
    let bytes = Array(bytes)
    return stride(from: 0, to: bytes.count - 1, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
  }
}
