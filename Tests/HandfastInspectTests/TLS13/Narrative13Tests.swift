import Handfast
import HandfastCore
import HandfastInspect
import TestTurns
import Testing

@Suite(.inTurn) struct Narrative13Tests {
  static func titles(_ story: Story13) throws -> [String] { Narrative(try story.record()).steps.map(\.title) }

  @Test func `a mutual handshake is told in the order of RFC 9846's figure 1`() throws {
    let steps = Narrative(try Story13.complete.record()).steps
    #expect(
      steps.map(\.title).filter { !$0.hasPrefix("ChangeCipherSpec") } == [
        "ClientHello", "ServerHello", "Keys of the handshake", "EncryptedExtensions", "CertificateRequest",
        "Certificate (the server's)", "Certificate verification (by the client)", "CertificateVerify (the server's)",
        "Finished (the server's)", "Keys of the application data", "Certificate (the client's choice)",
        "Certificate verification (by the server)", "CertificateVerify (the client's)", "Finished (the client's)",
        "The handshake is complete", "NewSessionTicket", "The client learns that the server has accepted it",
        "Encrypted application data", "Encrypted application data", "close_notify (the client's)",
        "close_notify (the server's)",
      ])
    #expect(steps.map(\.number) == Array(1...steps.count))
    // What only one side does, the other has no words for.
    let lonely = Set(["The client learns that the server has accepted it"])
    for step in steps where !lonely.contains(step.title) {
      #expect(step.client?.headline.isEmpty == false && step.server?.headline.isEmpty == false, "\(step.title)")
    }
    #expect(!steps.contains { $0.isFailure })
  }

  @Test func `each secret stands with its label, what it comes from, and the transcript hash`() throws {
    let steps = Narrative(try Story13.complete.record()).steps
    let step = try #require(steps.first { $0.title == "Keys of the handshake" })
    for side in [Side.client, .server] {
      let lines = try #require(step[side]).lines
      let headings = lines.filter { $0.tone == .strong }.map(\.text)
      #expect(
        headings == [
          "shared secret: 32 bytes", "early secret: 32 bytes", "handshake secret: 32 bytes",
          "client handshake traffic secret: 32 bytes", "server handshake traffic secret: 32 bytes",
        ])
      #expect(lines.filter { $0.label == "label" }.map(\.text) == ["\"c hs traffic\"", "\"s hs traffic\""])
      #expect(lines.filter { $0.label == "transcript" && $0.text.count == 64 }.count == 2)
    }
    #expect(
      step.client?.lines.filter { $0.label == "transcript" } == step.server?.lines.filter { $0.label == "transcript" })
  }

  @Test func `what a CertificateVerify signs is said to the byte`() throws {
    let steps = Narrative(try Story13.complete.record()).steps
    for side in [Side.client, .server] {
      let step = try #require(steps.first { $0.title == "CertificateVerify (the \(side)'s)" })
      let texts = try #require(step[side]).lines.map(\.text)
      #expect(texts.contains("spaces: 64 bytes"))
      #expect(texts.contains("'TLS 1.3, \(side) CertificateVerify' and a zero: 34 bytes"))
      let index = try #require(texts.firstIndex(of: "transcript hash: 32 bytes"))
      #expect(texts[index + 1].count == 64)
    }
  }

  @Test func `a HelloRetryRequest is a step of its own, with the reason and what changed`() throws {
    let steps = Narrative(try Story13.retry.record()).steps
    let order = ["ClientHello", "HelloRetryRequest", "ClientHello, once more", "ServerHello"]
    #expect(steps.map(\.title).filter(order.contains) == order)
    let request = try #require(steps.first { $0.title == "HelloRetryRequest" })
    let because = try #require(request.server?.lines.first { $0.label == "because" })
    #expect(because.text.contains("no key share"))
    let second = try #require(steps.first { $0.title == "ClientHello, once more" })
    let news = second.client?.lines.filter { $0.mark == .item }.map(\.text) ?? []
    #expect(news.count == 2)
    #expect(news.contains { $0.hasPrefix("changed: key_share") } && news.contains { $0.hasPrefix("new: cookie") })
    let hello = try #require(steps.first { $0.title == "ServerHello" })
    #expect(hello.client?.lines.contains { $0.label == "key share" && $0.mark == .passed } == true)
  }

  @Test func `a late rejection says what the client believed, since when, and when it learnt`() throws {
    let narrative = Narrative(try Story13.lateRejection.record())
    let steps = narrative.steps
    #expect(narrative.failed)
    let done = try #require(steps.first { $0.title == "The client has said all" })
    #expect(done.client?.lines.contains { $0.label == "not known yet" } == true)
    #expect(done.server?.headline == "has not come so far")
    let last = try #require(steps.last)
    #expect(last.title == "The handshake fails, which the client took for complete")
    let late = try #require(last.client?.lines.first { $0.label == "too late" })
    #expect(late.text.contains("since step \(done.number)"))
    let refusal = try #require(steps.first { $0.title == "Certificate verification (by the server)" })
    #expect(refusal.isFailure && refusal.number < done.number)
    #expect(!steps.contains { $0.title.contains("accepted") })
  }

  @Test func `after a KeyUpdate records count from 0, and none is taken for another`() throws {
    let steps = Narrative(try Story13.keyUpdate.record()).steps
    let updates = steps.filter { $0.title.hasPrefix("KeyUpdate") }
    #expect(updates.map(\.title) == ["KeyUpdate (the client's)", "KeyUpdate (the server's)"])
    for update in updates {
      #expect(update.client?.lines.contains { $0.text.contains("generation 1") } == true)
      #expect(update.server?.lines.contains { $0.text.contains("generation 1") } == true)
    }
    let data = steps.filter { $0.title == "Encrypted application data" }
    #expect(data.count == 2)
    #expect(data.allSatisfy { $0.client?.headline.isEmpty == false && $0.server?.headline.isEmpty == false })
    #expect(data[0].client?.lines.first { $0.label == "sequence number" }?.text == "0")
  }

  @Test func `a resumed session tells whose identity it carries`() throws {
    let steps = Narrative(try Story13.resumed.record()).steps
    #expect(!steps.contains { $0.title.hasPrefix("Certificate") })
    let hello = try #require(steps.first { $0.title == "ServerHello" })
    #expect(hello.server?.lines.contains { $0.label == "speaks with" && $0.text.hasPrefix("CN=client") } == true)
    #expect(hello.client?.lines.contains { $0.label == "speaks with" && $0.text.hasPrefix("CN=localhost") } == true)
    let done = try #require(steps.first { $0.title == "The handshake is complete" })
    #expect(done.server?.lines.contains { $0.label == "speaks with" } == true)
  }

  @Test func `a session that is not resumed says why`() throws {
    let steps = Narrative(try Story13.declined.record()).steps
    let hello = try #require(steps.first { $0.title == "ServerHello" })
    #expect(hello.server?.lines.contains { $0.mark == .passedOver && $0.text.contains("not known here") } == true)
    #expect(steps.contains { $0.title == "Certificate (the client's choice)" })
  }

  @Test func `early data comes between the two hellos, under keys of its own`() throws {
    let titles = try Self.titles(.earlyData).filter { !$0.hasPrefix("ChangeCipherSpec") }
    #expect(titles.prefix(4) == ["ClientHello", "Early keys", "Early data (the client's)", "ServerHello"])
    #expect(titles.contains("EndOfEarlyData"))
  }

  @Test(arguments: Story13.allCases)
  func `each side's view alone is a story too`(_ story: Story13) throws {
    let entries = try story.record()
    for side in [Side.client, .server] {
      let narrative = Narrative(entries.filter { $0.side == side })
      #expect(narrative.sides == [side])
      #expect(narrative.steps.count > 10)
      for width in [80, 120] { #expect(!NarrativeRenderer(width: width).render(narrative).isEmpty) }
    }
  }

  @Test func `disclosed secrets stand where they were derived, of each generation`() throws {
    let entries = try Story13.keyUpdate.record()
    let hello = try #require(
      entries.compactMap { entry in
        if case .sent(let fact) = entry.event, fact.type == .clientHello { Array(fact.bytes[6..<38]) } else { nil }
      }.first)
    var extras = NarrativeExtras()
    extras.secrets[.client] = (0...1).map {
      DisclosedSecret(
        kind: .clientApplicationTrafficSecret, clientRandom: hello, bytes: [0xaa, UInt8($0)], generation: $0)
    }
    extras.applicationData[.client] = [Array("ping".utf8)]
    let steps = Narrative(entries, extras: extras).steps
    func values(_ title: String) -> [String] {
      steps.first { $0.title == title }?.client?.lines.filter { $0.label == "value" }.map(\.text) ?? []
    }
    #expect(values("Keys of the application data") == ["aa00"])
    #expect(values("KeyUpdate (the client's)") == ["aa01"])
    #expect(steps.contains { $0.client?.lines.contains { $0.label == "text" && $0.text == "\"ping\"" } == true })
  }

  @Test(arguments: Side.allCases, Story13.allCases)
  func `a step that is told while it happens is told as at the end`(_ side: Side, _ story: Story13) throws {
    let entries = try story.record().filter { $0.side == side }
    let whole = Narrative(entries).steps
    var told = 0
    // What one call has brought about comes at once.
    for count in entries.indices where count + 1 == entries.count || entries[count].time != entries[count + 1].time {
      let soFar = Narrative(Array(entries[...count]))
      told = max(told, soFar.settledCount)
      for index in 0..<soFar.settledCount where !whole[index].isFailure {
        #expect(soFar.steps[index] == whole[index], "after \(count) entries")
      }
    }
    #expect(told >= whole.count - 2)
  }
}
