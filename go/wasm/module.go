//go:build !cgo || paysig_wasm

package wasm

import (
	"context"
	"crypto/rand"
	_ "embed"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

//go:embed paysig.wasm
var image []byte

// module is the compiled module.
type module struct {
	ctx      context.Context
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
}

// compile compiles the module and gives it its two imports.
func compile() (*module, error) {
	ctx := experimental.WithMemoryAllocator(context.Background(), experimental.MemoryAllocatorFunc(newMemory))
	m := &module{ctx: ctx, runtime: wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig())}
	i32, i64 := api.ValueTypeI32, api.ValueTypeI64
	_, err := m.runtime.NewHostModuleBuilder("paysig").
		NewFunctionBuilder().WithGoFunction(api.GoFunc(now), nil, []api.ValueType{i64}).Export("now_ms").
		NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(random), []api.ValueType{i32, i32}, []api.ValueType{i32}).Export("random").
		Instantiate(ctx)
	if err != nil {
		return nil, err
	}
	m.compiled, err = m.runtime.CompileModule(ctx, image)
	return m, err
}

func now(_ context.Context, stack []uint64) { stack[0] = uint64(time.Now().UnixMilli()) }

func random(_ context.Context, m api.Module, stack []uint64) {
	to, inside := m.Memory().Read(uint32(stack[0]), uint32(stack[1]))
	stack[0] = 1
	if inside {
		if _, err := rand.Read(to); err == nil {
			stack[0] = 0
		}
	}
}

// memory is an instance's memory. It is wiped where it moves to when it grows, and when it is given up.
type memory struct{ bytes []byte }

func newMemory(capacity, _ uint64) experimental.LinearMemory {
	return &memory{make([]byte, 0, capacity)}
}

// Reallocate grows by a quarter at least, since moving costs.
func (m *memory) Reallocate(size uint64) []byte {
	if size > uint64(cap(m.bytes)) {
		room := uint64(cap(m.bytes)) * 5 / 4
		if room < size {
			room = size
		}
		old := m.bytes
		m.bytes = make([]byte, len(old), room)
		copy(m.bytes, old)
		clear(old)
	}
	m.bytes = m.bytes[:size]
	return m.bytes
}

func (m *memory) Free() {
	clear(m.bytes)
	m.bytes = nil
}
