import HandfastWire
import Testing

@Suite("RFC 8448's handshake") struct RFC8448Tests {
  /// Decodes a whole message's body and holds that it encodes to the same message again.
  private func decoded<B: HandshakeBody>(_ kind: B.Type, _ message: [UInt8]) throws -> B {
    #expect(message.first == B.type.rawValue)
    let body = try decode(B.self, Array(message.dropFirst(4)))
    #expect(body.message() == message)
    return body
  }

  @Test("its ClientHello offers what the RFC says")
  func clientHello() throws {
    let hello = try decoded(ClientHello.self, RFC8448.clientHello)
    #expect(hello.cipherSuites == [.aes128GCMSHA256, .chaCha20Poly1305SHA256, .aes256GCMSHA384])
    let block = try #require(hello.extensions)
    #expect(try block.decode(SupportedVersions.self)?.versions == [.tls13])
    let shares = try #require(try block.decode(ClientKeyShares.self))
    #expect(shares.entries.map(\.group) == [.x25519])
    #expect(shares.entries.first?.keyExchange.count == 32)
    #expect(try block.decode(PSKKeyExchangeModes.self)?.modes == [.pskDHEKE])
    #expect(try block.decode(RecordSizeLimit.self)?.limit == 0x4001)
    #expect(try block.decode(SessionTicketExtension.self) == SessionTicketExtension())
    #expect(try block.decode(SignatureAlgorithmsCert.self) == nil)
  }

  @Test("its ServerHello chooses what the RFC says, and is no HelloRetryRequest")
  func serverHello() throws {
    let hello = try decoded(ServerHello.self, RFC8448.serverHello)
    #expect(hello.cipherSuite == .aes128GCMSHA256)
    #expect(!hello.isRetryRequest)
    let block = try #require(hello.extensions)
    #expect(block.types == [.keyShare, .supportedVersions])
    #expect(try block.decode(SelectedVersion.self)?.version == .tls13)
    let entry = try #require(try block.decode(ServerKeyShare.self)?.entry)
    #expect(entry.group == .x25519)
    #expect(entry.keyExchange == hex("c9828876112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f"))
  }

  @Test("its EncryptedExtensions hold the server's groups, its record limit and that it used the name")
  func encryptedExtensions() throws {
    let block = try decoded(EncryptedExtensions.self, RFC8448.encryptedExtensions).extensions
    #expect(block.types == [.supportedGroups, .recordSizeLimit, .serverName])
    #expect(try block.decode(SupportedGroups.self)?.groups.first == .x25519)
    #expect(try block.decode(RecordSizeLimit.self) == RecordSizeLimit(limit: 0x4001))
    #expect(try block.decode(ServerNameAcknowledgement.self) != nil)
  }

  @Test("its NewSessionTicket is good for 30 seconds and 1024 bytes of early data")
  func newSessionTicket() throws {
    let ticket = try decoded(NewSessionTicket13.self, RFC8448.newSessionTicket)
    #expect(ticket.lifetime == 30)
    #expect(ticket.ageAdd == 0xfad6_aac5)
    #expect(ticket.nonce == [0, 0])
    #expect(ticket.ticket.count == 178)
    #expect(try ticket.extensions.decode(TicketEarlyData.self)?.maxSize == 1024)
  }

  @Test("its second ClientHello brings that ticket back, with a binder over all but its last 35 bytes")
  func resumption() throws {
    let hello = try decoded(ClientHello.self, RFC8448.resumingClientHello)
    let block = try #require(hello.extensions)
    #expect(block.types.last == .preSharedKey)
    #expect(try block.decode(EarlyDataIndication.self) != nil)
    let offer = try #require(try block.decode(OfferedPSKs.self))
    let ticket = try decoded(NewSessionTicket13.self, RFC8448.newSessionTicket)
    #expect(offer.identities.map(\.identity) == [ticket.ticket])
    #expect(offer.identities.first?.obfuscatedTicketAge == ticket.ageAdd &+ 6)
    #expect(ClientHello.binderListByteCount(offer.binders) == 35)
    #expect(RFC8448.resumingClientHello.suffix(35) == hex("0021 20")[...] + (offer.binders.first ?? []))
  }
}
