//go:build !cgo || paysig_wasm

package wasm

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"strings"
	"sync"

	"github.com/paysig/paysig/go/internal/native"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// The block of an instance's memory that holds the arguments and results of a call. The structs are those of paysig.h as C lays them
// out with pointers and size_t of 32 bits.
const (
	// A handle that was made, or the length of the output.
	outAt = 0
	// paysig_error
	errorAt, errorSize  = 16, 320
	fieldAt, fieldSize  = 16, 64
	messageAt, textSize = 80, 240
	// paysig_signed, paysig_prepared, paysig_verified, paysig_answer or paysig_step
	resultAt                                                     = errorAt + errorSize
	signedSize, preparedSize, verifiedSize, answerSize, stepSize = 72, 24, 80, 40, 48
	// Arguments of any length and the output.
	argumentsAt = resultAt + verifiedSize

	// A larger block is given back after the call, and a larger memory after the last call that runs in it.
	keepBlock  = 64 << 10
	keepMemory = 64 << 20
	// No call may bring more than this; memory ends at 4 GiB, and there must be room for copies.
	maxBlock = 1 << 30
)

// instance is one running copy of the module. Its lock is held during calls and whatever leads to them.
type instance struct {
	mu     sync.Mutex
	ctx    context.Context
	module api.Module
	memory api.Memory
	// Why the last call did not return; then nothing in the instance can be relied on, and nothing more runs in it.
	trap error
	// It was given up.
	gone      bool
	functions map[string]api.Function
	stack     []uint64

	// The block, and the part of it that is in use.
	block, size, used uint32
	// Where the arena, the lengths and the output of a native.Call are.
	arena, lens, out uint32
	// The arguments so far.
	args []uint64

	// What was made here, and how much of it cannot be made elsewhere.
	objects map[*object]uint32
	pinned  int
}

func (m *module) instance() (*instance, error) {
	mod, err := m.runtime.InstantiateModule(m.ctx, m.compiled, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		return nil, err
	}
	return &instance{
		ctx: m.ctx, module: mod, memory: mod.Memory(), functions: map[string]api.Function{}, stack: make([]uint64, 32),
		args: make([]uint64, 0, 32), objects: map[*object]uint32{},
	}, nil
}

// wipeStack overwrites what calls have left on the module's stack, which reaches from address 0 up to the stack pointer.
func (in *instance) wipeStack() {
	if in.trap != nil {
		return
	}
	pointer := in.module.ExportedGlobal("__stack_pointer")
	if pointer == nil {
		in.trap = errors.New("it does not say where its stack is")
		return
	}
	if stack, inside := in.memory.Read(0, uint32(pointer.Get())); inside {
		clear(stack)
	}
}

// discard gives the instance up; its memory is wiped.
func (in *instance) discard() {
	in.gone = true
	// There is nothing to be done about a failure, and nothing holds on to the instance.
	_ = in.module.Close(in.ctx)
}

// call runs a function of the module; after a trap, none.
func (in *instance) call(name string, args ...uint64) uint64 {
	if in.trap != nil {
		return 0
	}
	f := in.functions[name]
	if f == nil {
		if f = in.module.ExportedFunction(name); f == nil {
			in.trap = errors.New("it has no function " + name)
			return 0
		}
		in.functions[name] = f
	}
	copy(in.stack, args)
	if in.trap = f.CallWithStack(in.ctx, in.stack); in.trap != nil {
		return 0
	}
	return in.stack[0]
}

// trapped is the failure of a call that did not return. What wazero says begins with the kind of fault; the stack follows.
func trapped(trap error) *native.Failure {
	kind, _, _ := strings.Cut(trap.Error(), "\n")
	return &native.Failure{
		Status:  native.Internal,
		Message: "the WebAssembly module ended with a fault and is started anew (" + strings.TrimPrefix(kind, "wasm error: ") + ")",
	}
}

// open begins a call whose arguments and output have this size together.
func (in *instance) open(resultSize uint32, sizes ...int) *native.Failure {
	need := uint64(argumentsAt)
	for _, size := range sizes {
		need += uint64(size)
	}
	if need > maxBlock {
		return &native.Failure{Status: tooLarge, Message: "the message is larger than the 1 GiB that fit into the WebAssembly module"}
	}
	if uint32(need) > in.size {
		in.giveBlock()
		size := uint32(need+4095) &^ 4095
		in.block = uint32(in.call("paysig_alloc", uint64(size)))
		if in.trap != nil {
			return trapped(in.trap)
		}
		if in.block == 0 {
			return &native.Failure{Status: tooLarge, Message: "the WebAssembly module has no memory left for the message"}
		}
		in.size = size
	}
	in.used, in.args = argumentsAt, in.args[:0]
	in.put32(errorAt, errorSize)
	in.put32(resultAt, resultSize)
	return nil
}

// close ends a call: its arguments and results are wiped.
func (in *instance) close() {
	if in.trap != nil {
		return
	}
	clear(in.view()[:in.used])
	if in.size > keepBlock {
		in.giveBlock()
	}
}

func (in *instance) giveBlock() {
	if in.block != 0 {
		in.call("paysig_dealloc", uint64(in.block), uint64(in.size))
	}
	in.block, in.size = 0, 0
}

// view is the block. It is valid until the next call, in which memory may move. The block lies within memory, since the module gave it.
func (in *instance) view() []byte {
	view, inside := in.memory.Read(in.block, in.size)
	if !inside {
		in.trap = errors.New("its memory lacks what it gave")
		return make([]byte, in.size)
	}
	return view
}

func (in *instance) put32(at, value uint32) { binary.LittleEndian.PutUint32(in.view()[at:], value) }
func (in *instance) get32(at uint32) uint32 { return binary.LittleEndian.Uint32(in.view()[at:]) }

// room takes a part of the block.
func (in *instance) room(size int) uint32 {
	at := in.used
	in.used += uint32(size)
	return in.block + at
}

// copy takes a part of the block for bytes.
func (in *instance) copy(b []byte) uint32 {
	at := in.room(len(b))
	copy(in.view()[at-in.block:], b)
	return at
}

func (in *instance) copyLens(lens []uint32) uint32 {
	at := in.room(4 * len(lens))
	view := in.view()[at-in.block:]
	for i, n := range lens {
		binary.LittleEndian.PutUint32(view[4*i:], n)
	}
	return at
}

// The following add arguments as the functions of paysig.h want them.

func (in *instance) pass(values ...uint64) { in.args = append(in.args, values...) }

func (in *instance) passBytes(b []byte) { in.pass(uint64(in.copy(b)), uint64(len(b))) }

func (in *instance) passPairs(p *native.Pairs) {
	in.passBytes(p.Bytes)
	in.pass(uint64(in.copyLens(p.Lens)), uint64(len(p.Lens)))
}

// passHead passes a message without its body.
func (in *instance) passHead(c *native.Call) {
	in.arena, in.lens = in.copy(c.Arena), in.copyLens(c.Lens)
	at := uint64(in.arena)
	for _, size := range [...]int{c.MethodLen, c.TargetLen, c.URLLen, c.HeadersLen} {
		in.pass(at, uint64(size))
		at += uint64(size)
	}
	in.pass(uint64(in.lens), uint64(c.HeadersN))
}

// passOptions passes the options of a call whose head has been passed.
func (in *instance) passOptions(c *native.Call) {
	at := in.arena + uint32(c.MethodLen+c.TargetLen+c.URLLen+c.HeadersLen)
	in.pass(uint64(at), uint64(c.OptionsLen), uint64(in.lens+4*uint32(c.HeadersN)), uint64(c.OptionsN))
}

func (in *instance) passOut(c *native.Call) {
	in.out = in.room(len(c.Out))
	in.pass(uint64(in.out), uint64(len(c.Out)), uint64(in.block+outAt))
}

func (in *instance) passResult() { in.pass(uint64(in.block + resultAt)) }

// run calls a function with what was passed, and where to put the error.
func (in *instance) run(name string) *native.Failure {
	in.pass(uint64(in.block + errorAt))
	status := uint32(in.call(name, in.args...))
	if in.trap != nil {
		return trapped(in.trap)
	}
	if status == 0 {
		return nil
	}
	e := in.view()[errorAt:][:errorSize]
	return &native.Failure{Status: status, Field: text(e[fieldAt:][:fieldSize]), Message: text(e[messageAt:][:textSize])}
}

// make runs a function that makes a handle, and ends the call.
func (in *instance) make(name string) (uint32, *native.Failure) {
	in.pass(uint64(in.block + outAt))
	failure := in.run(name)
	handle := uint32(0)
	if failure == nil {
		handle = in.get32(outAt)
	}
	in.close()
	in.wipeStack()
	return handle, failure
}

// answer runs a function that writes output, and takes that over.
func (in *instance) answer(name string, c *native.Call) *native.Failure {
	failure := in.run(name)
	if in.trap != nil {
		return failure
	}
	c.OutLen = int(in.get32(outAt))
	if c.OutLen <= len(c.Out) {
		copy(c.Out, in.view()[in.out-in.block:][:c.OutLen])
	}
	return failure
}

func text(b []byte) string {
	b, _, _ = bytes.Cut(b, []byte{0})
	return string(b)
}

// result reads the numbers of the result struct, 4 bytes each.
func (in *instance) result(at uint32) uint32 { return in.get32(resultAt + at) }

func (in *instance) result64(at uint32) int64 {
	return int64(binary.LittleEndian.Uint64(in.view()[resultAt+at:]))
}

func (in *instance) span(at uint32) native.Span {
	return native.Span{Offset: int(in.result(at)), Length: int(in.result(at + 4))}
}

func (in *instance) signed() native.Signed {
	return native.Signed{
		Present: in.result(4), Headers: in.span(8), Target: in.span(16), URL: in.span(24), Body: in.span(32), BodyMembers: in.span(40),
		Timestamp: in.span(48), Nonce: in.span(56), KeyID: in.span(64),
	}
}

func (in *instance) verified() native.Verified {
	return native.Verified{
		Present: in.result(4), KeyIndex: in.result(12), Items: in.result(16), TimestampMS: in.result64(24), KeyID: in.span(32),
		ReplayKey: in.span(40), Covered: in.span(48), SignedJSON: in.span(56), NeedKeyID: in.span(64), NeedKeyURL: in.span(72),
	}
}

func (in *instance) step() native.Step {
	return native.Step{
		Action: in.result(4), UntilMS: in.result64(8), Method: in.span(16), Target: in.span(24), Headers: in.span(32), Body: in.span(40),
	}
}
